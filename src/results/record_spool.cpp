#include "results/record_spool.hpp"

#include <utility>

#include "metrics/columns.hpp"

namespace specsweep::results {

namespace {

std::size_t stride()
{
    static const std::size_t bytes = sizeof(UnitRecord) + metrics::columns().size() * sizeof(double);
    return bytes;
}

}  // namespace

UnitRecord& RecordBlock::record(std::int64_t row)
{
    return *reinterpret_cast<UnitRecord*>(at_ + static_cast<std::size_t>(row - first_) * stride());
}

const UnitRecord& RecordBlock::record(std::int64_t row) const
{
    return *reinterpret_cast<const UnitRecord*>(at_ + static_cast<std::size_t>(row - first_) * stride());
}

std::span<double> RecordBlock::derived(std::int64_t row)
{
    return {reinterpret_cast<double*>(&record(row) + 1), metrics::columns().size()};
}

std::span<const double> RecordBlock::derived(std::int64_t row) const
{
    return {reinterpret_cast<const double*>(&record(row) + 1), metrics::columns().size()};
}

RecordSpool::RecordSpool(const std::filesystem::path& folder, std::int64_t units, std::int64_t most_bytes_held)
{
    const std::size_t bytes = static_cast<std::size_t>(units) * stride();
    if (std::cmp_less_equal(bytes, most_bytes_held))
        held_ = PageBuffer(static_cast<std::int64_t>(bytes));
    else
        file_.emplace(folder);
}

void RecordSpool::read(std::int64_t first, std::int64_t count, RecordBlock& block) const
{
    block.first_ = first;
    block.count_ = count;
    const std::size_t begin = static_cast<std::size_t>(first) * stride();
    if (!file_) {
        block.at_ = held_.data() + begin;
        return;
    }
    block.copied_.resize(static_cast<std::size_t>(count) * stride());
    block.at_ = block.copied_.data();
    file_->read(block.copied_, static_cast<std::int64_t>(begin));
}

void RecordSpool::write(const RecordBlock& block)
{
    if (file_)
        file_->write(block.copied_, block.first_ * static_cast<std::int64_t>(stride()));
}

}  // namespace specsweep::results
