#include "results/verdict_spool.hpp"

#include <functional>
#include <new>
#include <span>
#include <type_traits>
#include <utility>

namespace specsweep::results {

static_assert(std::is_trivially_copyable_v<VerdictPiece>);

void VerdictPiece::add(const VerdictRow& row)
{
    const std::size_t i = count++;
    unit[i] = row.unit;
    left[i] = row.left;
    right[i] = row.right;
    ratio[i] = row.ratio;
    scope[i] = row.scope;
    note[i] = row.note;
    verdict[i] = row.verdict;
}

VerdictRow VerdictPiece::row(std::int32_t claim, std::size_t i) const
{
    return {.claim = claim,
            .scope = scope[i],
            .note = note[i],
            .unit = unit[i],
            .left = left[i],
            .right = right[i],
            .ratio = ratio[i],
            .verdict = verdict[i]};
}

VerdictSpool::VerdictSpool(const std::filesystem::path& folder, std::size_t claims, std::size_t most_bytes_held)
    : file_(folder),
      held_(static_cast<std::int64_t>(most_bytes_held)),
      claims_(claims),
      room_(most_bytes_held / sizeof(VerdictPiece))
{
}

VerdictPiece* VerdictSpool::new_piece()
{
    if (taken_ < room_)
        return new (held_.data() + taken_++ * sizeof(VerdictPiece)) VerdictPiece;
    // Not make_unique: nothing of it is read before it is written.
    return beyond_.emplace_back(new VerdictPiece).get();
}

bool VerdictSpool::is_held(const VerdictPiece* piece) const
{
    const auto* const first = reinterpret_cast<const VerdictPiece*>(held_.data());
    return std::less_equal<>()(first, piece) && std::less<>()(piece, first + taken_);
}

void VerdictSpool::add(const VerdictRow& row)
{
    Rows& rows = claims_[static_cast<std::size_t>(row.claim)];
    if (rows.recent == nullptr)
        rows.recent = new_piece();
    rows.recent->add(row);
    if (rows.recent->count == VerdictPiece::most_rows)
        put_away(rows);
}

std::int64_t VerdictSpool::size(std::size_t claim) const
{
    const Rows& rows = claims_[claim];
    const std::size_t recent = rows.recent == nullptr ? 0 : rows.recent->count;
    return static_cast<std::int64_t>(rows.full.size() * VerdictPiece::most_rows + recent);
}

void VerdictSpool::put_away(Rows& rows)
{
    if (is_held(rows.recent)) {
        rows.full.push_back({.held = std::exchange(rows.recent, nullptr)});
        return;
    }
    const auto bytes = std::as_bytes(std::span(rows.recent, 1));
    file_.write(bytes, end_);
    rows.full.push_back({.held = nullptr, .at = end_});
    end_ += std::ssize(bytes);
    rows.recent->count = 0;
}

void VerdictSpool::for_each_piece(std::size_t claim, const std::function<void(const VerdictPiece&)>& visit) const
{
    const Rows& rows = claims_[claim];
    std::unique_ptr<VerdictPiece> piece;
    for (const Full& full : rows.full) {
        if (full.held != nullptr) {
            visit(*full.held);
            continue;
        }
        if (!piece)
            piece.reset(new VerdictPiece);
        file_.read(std::as_writable_bytes(std::span(piece.get(), 1)), full.at);
        visit(*piece);
    }
    if (rows.recent != nullptr && rows.recent->count > 0)
        visit(*rows.recent);
}

}  // namespace specsweep::results
