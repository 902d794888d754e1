#include "results/verdict_spool.hpp"

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
    : file_(folder), claims_(claims), room_(most_bytes_held / sizeof(VerdictPiece))
{
}

void VerdictSpool::add(const VerdictRow& row)
{
    Rows& rows = claims_[static_cast<std::size_t>(row.claim)];
    if (!rows.recent)
        rows.recent.reset(new VerdictPiece);  // not make_unique: nothing of it is read before it is written
    rows.recent->add(row);
    ++size_;
    if (rows.recent->count == VerdictPiece::most_rows)
        put_away(rows);
}

void VerdictSpool::put_away(Rows& rows)
{
    if (room_ > 0) {
        --room_;
        rows.full.push_back({.held = std::move(rows.recent)});
        return;
    }
    const auto bytes = std::as_bytes(std::span(rows.recent.get(), 1));
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
        if (full.held) {
            visit(*full.held);
            continue;
        }
        if (!piece)
            piece.reset(new VerdictPiece);
        file_.read(std::as_writable_bytes(std::span(piece.get(), 1)), full.at);
        visit(*piece);
    }
    if (rows.recent && rows.recent->count > 0)
        visit(*rows.recent);
}

}  // namespace specsweep::results
