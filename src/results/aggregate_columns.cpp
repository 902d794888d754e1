#include "results/aggregate_columns.hpp"

#include <algorithm>
#include <limits>

#include "base/format.hpp"
#include "base/integer.hpp"
#include "hdf5/attribute.hpp"
#include "metrics/columns.hpp"
#include "results/describe.hpp"
#include "results/layout.hpp"
#include "results/transpose.hpp"
#include "results/unit_columns.hpp"

namespace specsweep::results {

namespace {

namespace at = layout::units;
constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr std::int64_t block_rows = 8192;  // 64 KiB of a column of numbers, some 13 MiB in all

/// One value of each record of a block. @param get of a row
template <class Get>
auto column_of(const RecordBlock& block, Get get)
{
    std::vector<decltype(get(block.first()))> values;
    values.reserve(static_cast<std::size_t>(block.count()));
    for (std::int64_t row = block.first(); row < block.first() + block.count(); ++row)
        values.push_back(get(row));
    return values;
}

/// Elements of a text column, one record after another.
template <class Text>
std::vector<char> padded_column(const RecordBlock& block, Text UnitRecord::*member)
{
    std::vector<char> elements;
    elements.reserve(static_cast<std::size_t>(block.count()) * std::tuple_size_v<Text>);
    for (std::int64_t row = block.first(); row < block.first() + block.count(); ++row) {
        const Text& text = block.record(row).*member;
        elements.insert(elements.end(), text.begin(), text.end());
    }
    return elements;
}

std::string path_of(const metrics::Column& column)
{
    return fmt::format("{}/{}", at::group, column.name);
}

}  // namespace

AggregateColumns::AggregateColumns(hdf5::File& file, const UnitIndex& index)
    : file_(file), index_(index), static_crc_(index.tables())
{
    const std::int64_t units = index.size();
    const auto integers = [&](std::string_view path) {
        return hdf5::Column<std::int64_t>::create_unfilled(file, path, units);
    };
    file.create_group(at::group);
    plan_row_ = integers(at::plan_row);
    id_ = hdf5::TextColumn::create_unfilled(file, at::id, units, layout::id_width);
    matrix_ = integers(at::matrix);
    quantizer_ = integers(at::quantizer);
    reference_ = integers(at::reference);
    solver_ = hdf5::TextColumn::create_unfilled(file, at::solver, units, layout::solver_width);
    bits_per_weight_ = hdf5::Column<double>::create_unfilled(file, at::bits_per_weight, units);
    sigma_offset_ = integers(at::sigma_offset);
    sigma_count_ = integers(at::sigma_count);
    state_ = hdf5::Column<std::uint8_t>::create_unfilled(file, at::state, units);
    describe(file, at::state, "1", layout::state_summary);
    crc_ = hdf5::Column<std::uint32_t>::create_unfilled(file, at::content_crc, units);
    method_ = hdf5::TextColumn::create_unfilled(file, at::method, units, layout::method_width);
    moments_ = MomentColumns::create_unfilled(file, units);
    for (const metrics::Column& column : metrics::columns()) {
        derived_.push_back(hdf5::Column<double>::create_unfilled(file, path_of(column), units));
        describe(file, path_of(column), column.unit, column.summary);
    }
}

void AggregateColumns::write(const RecordSpool& records, const std::map<std::int64_t, std::string>& long_reasons)
{
    std::int64_t width = layout::reason_width;
    for (const auto& [row, reason] : long_reasons)
        width = std::max(width, round_up<std::int64_t>(std::ssize(reason), 8));
    reason_ = hdf5::TextColumn::create_unfilled(file_, at::reason, index_.size(), width);
    transposed_.resize(derived_.size() * static_cast<std::size_t>(std::min(block_rows, index_.size())));
    RecordBlock block;
    for (std::int64_t first = 0; first < index_.size(); first += block_rows) {
        records.read(first, std::min(block_rows, index_.size() - first), block);
        write_static(block);
        write_results(block);
        write_derived(block);
        write_reasons(block, long_reasons);
    }
}

void AggregateColumns::write_static(const RecordBlock& block)
{
    for (std::int64_t row = block.first(); row < block.first() + block.count(); ++row) {
        const IndexRow& place = index_[row];
        const UnitRecord& record = block.record(row);
        static_crc_.add({place.plan_row, text_of(record.id), place.matrix, place.quantizer, place.reference,
                         text_of(record.solver), record.bits_per_weight, place.sigma_offset, index_.sigma_count(row)});
    }
    const auto of_index = [&](std::int64_t IndexRow::*member) {
        return column_of(block, [&](std::int64_t row) { return index_[row].*member; });
    };
    const std::int64_t first = block.first();
    plan_row_.write(first, of_index(&IndexRow::plan_row));
    id_.write_padded(first, padded_column(block, &UnitRecord::id));
    matrix_.write(first, of_index(&IndexRow::matrix));
    quantizer_.write(first, of_index(&IndexRow::quantizer));
    reference_.write(first, of_index(&IndexRow::reference));
    solver_.write_padded(first, padded_column(block, &UnitRecord::solver));
    bits_per_weight_.write(first,
                           column_of(block, [&](std::int64_t row) { return block.record(row).bits_per_weight; }));
    sigma_offset_.write(first, of_index(&IndexRow::sigma_offset));
    sigma_count_.write(first, column_of(block, [&](std::int64_t row) { return index_.sigma_count(row); }));
}

void AggregateColumns::write_results(const RecordBlock& block)
{
    const std::int64_t first = block.first();
    state_.write(
        first, column_of(block, [&](std::int64_t row) { return static_cast<std::uint8_t>(block.record(row).state); }));
    crc_.write(first, column_of(block, [&](std::int64_t row) { return block.record(row).crc; }));
    method_.write_padded(first, padded_column(block, &UnitRecord::method));
    const Moments none = no_moments();
    moments_.write_rows(first, column_of(block, [&](std::int64_t row) -> const Moments* {
                            const UnitRecord& record = block.record(row);
                            return record.state == UnitState::pending ? &none : &record.moments;
                        }));
}

void AggregateColumns::write_derived(const RecordBlock& block)
{
    const std::vector<double> none(derived_.size(), nan);
    const std::vector<const double*> rows = column_of(block, [&](std::int64_t row) {
        const bool has_values = block.record(row).state == UnitState::done && block.record(row).has_derived;
        return has_values ? block.derived(row).data() : none.data();
    });
    const auto values = std::span(transposed_).first(derived_.size() * rows.size());
    transpose(rows.size(), derived_.size(), values,
              [&](std::size_t row, std::size_t column) { return rows[row][column]; });
    for (std::size_t c = 0; c < derived_.size(); ++c)
        derived_[c].write(block.first(), values.subspan(c * rows.size(), rows.size()));
}

void AggregateColumns::write_reasons(const RecordBlock& block, const std::map<std::int64_t, std::string>& long_reasons)
{
    const std::int64_t width = reason_.width();
    std::vector<char> elements(static_cast<std::size_t>(block.count() * width), '\0');
    auto next_long = long_reasons.lower_bound(block.first());
    for (std::int64_t row = block.first(); row < block.first() + block.count(); ++row) {
        std::string_view reason = text_of(block.record(row).reason);
        if (next_long != long_reasons.end() && next_long->first == row)
            reason = (next_long++)->second;
        reason.copy(elements.data() + (row - block.first()) * width, reason.size());
    }
    reason_.write_padded(block.first(), elements);
}

void AggregateColumns::finish(const std::vector<bool>& computed)
{
    for (std::size_t c = 0; c < computed.size(); ++c)
        if (!computed[c])
            hdf5::write_attribute(file_, path_of(metrics::columns()[c]), layout::status_attribute,
                                  layout::not_computed);
    hdf5::write_attribute(file_, "/", layout::attribute::static_crc, std::int64_t{static_crc_.value()});
}

}  // namespace specsweep::results
