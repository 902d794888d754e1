#include "results/verdict_spool.hpp"

#include <type_traits>

namespace specsweep::results {

namespace {

constexpr std::size_t piece_rows = 1024;  // 56 KiB a claim
static_assert(std::is_trivially_copyable_v<VerdictRow>);

}  // namespace

VerdictSpool::VerdictSpool(const std::filesystem::path& folder, std::size_t claims) : file_(folder), claims_(claims) {}

void VerdictSpool::add(const VerdictRow& row)
{
    Rows& rows = claims_[static_cast<std::size_t>(row.claim)];
    rows.recent.push_back(row);
    ++size_;
    if (rows.recent.size() < piece_rows)
        return;
    const auto bytes = std::as_bytes(std::span(rows.recent));
    file_.write(bytes, end_);
    rows.pieces.push_back(end_);
    end_ += std::ssize(bytes);
    rows.recent.clear();
}

void VerdictSpool::for_each_piece(std::size_t claim,
                                  const std::function<void(std::span<const VerdictRow>)>& visit) const
{
    const Rows& rows = claims_[claim];
    std::vector<VerdictRow> piece(piece_rows);
    for (const std::int64_t at : rows.pieces) {
        file_.read(std::as_writable_bytes(std::span(piece)), at);
        visit(piece);
    }
    if (!rows.recent.empty())
        visit(rows.recent);
}

}  // namespace specsweep::results
