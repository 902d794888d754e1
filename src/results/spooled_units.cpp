#include "results/spooled_units.hpp"

#include <algorithm>
#include <limits>

#include "metrics/columns.hpp"

namespace specsweep::results {

namespace {

constexpr std::int64_t block_rows = 128;  // of 1.5 KiB

}  // namespace

SpooledUnits::SpooledUnits(const UnitIndex& index, const RecordSpool& spool)
    : JudgedUnits(index.tables()),
      index_(index),
      spool_(spool),
      none_(metrics::columns().size(), std::numeric_limits<double>::quiet_NaN())
{
}

JudgedUnits::Place SpooledUnits::place(std::int64_t row) const
{
    const IndexRow& entry = index_[row];
    return {entry.matrix, entry.quantizer, entry.reference};
}

JudgedUnits::Result SpooledUnits::result(std::int64_t row) const
{
    const std::int64_t number = row / block_rows;
    RecordBlock& block = blocks_[static_cast<std::size_t>(number) % blocks_.size()];
    if (!block.holds(row)) {
        const std::int64_t first = number * block_rows;
        spool_.read(first, std::min(block_rows, index_.size() - first), block);
    }
    const UnitRecord& record = block.record(row);
    const bool has_values = record.state == UnitState::done && record.has_derived;
    return {record.state, record.moments,
            has_values ? std::span<const double>(block.derived(row)) : std::span<const double>(none_)};
}

}  // namespace specsweep::results
