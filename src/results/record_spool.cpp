#include "results/record_spool.hpp"

#include "metrics/columns.hpp"

namespace specsweep::results {

namespace {

std::size_t derived_bytes()
{
    return metrics::columns().size() * sizeof(double);
}

std::size_t stride()
{
    return sizeof(UnitRecord) + derived_bytes();
}

}  // namespace

UnitRecord& RecordBlock::record(std::int64_t row)
{
    return *reinterpret_cast<UnitRecord*>(bytes_.data() + static_cast<std::size_t>(row - first_) * stride());
}

const UnitRecord& RecordBlock::record(std::int64_t row) const
{
    return *reinterpret_cast<const UnitRecord*>(bytes_.data() + static_cast<std::size_t>(row - first_) * stride());
}

std::span<double> RecordBlock::derived(std::int64_t row)
{
    return {reinterpret_cast<double*>(&record(row) + 1), metrics::columns().size()};
}

std::span<const double> RecordBlock::derived(std::int64_t row) const
{
    return {reinterpret_cast<const double*>(&record(row) + 1), metrics::columns().size()};
}

void RecordSpool::read(std::int64_t first, std::int64_t count, RecordBlock& block) const
{
    block.first_ = first;
    block.count_ = count;
    block.bytes_.resize(static_cast<std::size_t>(count) * stride());
    file_.read(block.bytes_, first * static_cast<std::int64_t>(stride()));
}

void RecordSpool::write(const RecordBlock& block)
{
    file_.write(block.bytes_, block.first_ * static_cast<std::int64_t>(stride()));
}

}  // namespace specsweep::results
