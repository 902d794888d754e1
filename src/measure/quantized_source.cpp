#include "measure/quantized_source.hpp"

#include <algorithm>
#include <numeric>
#include <span>
#include <utility>

#include "base/integer.hpp"
#include "measure/error_pass.hpp"

namespace specsweep::measure {
namespace {

std::int64_t rows_of_a_group(const quantize::Quantizer& quantizer, const StoredSource& stored)
{
    const std::int64_t alignment = quantizer.row_alignment(stored.cols());
    if (alignment >= stored.rows())
        return round_up(stored.rows(), QuantizedSource::panel_rows);
    return std::lcm(alignment, QuantizedSource::panel_rows);
}

}  // namespace

QuantizedSource::QuantizedSource(StoredSource& stored, const quantize::Quantizer& quantizer,
                                 quantize::TensorStatistics statistics, std::shared_ptr<const Probes> probes)
    : stored_(stored),
      quantizer_(quantizer),
      statistics_(statistics),
      group_rows_(rows_of_a_group(quantizer, stored)),
      groups_(static_cast<std::size_t>(divide_up(stored.rows(), group_rows_))),
      column_sums_(groups_.size()),
      forward_(groups_.size()),
      probes_(probes ? std::move(probes) : std::make_shared<const Probes>(statistics.seed, stored.cols())),
      seen_(groups_.size(), 0)
{
}

void QuantizedSource::read(std::int64_t first_row, std::int64_t row_count, float* out)
{
    while (row_count > 0) {
        const std::int64_t group = first_row / group_rows_;
        const std::int64_t within = first_row - group * group_rows_;
        const std::int64_t count = std::min(row_count, rows_of(group) - within);
        if (within == 0 && count == rows_of(group) && group != decoded_is_)
            quantize_group(group, out);
        else
            std::copy_n(decoded_group(group) + within * cols(), count * cols(), out);
        first_row += count;
        row_count -= count;
        out += count * cols();
    }
}

void QuantizedSource::read(std::int64_t first_row, std::int64_t row_count, double* out)
{
    std::vector<float> panel(static_cast<std::size_t>(std::min(row_count, panel_rows) * cols()));
    for (std::int64_t row = 0; row < row_count; row += panel_rows) {
        const std::int64_t count = std::min(panel_rows, row_count - row);
        read(first_row + row, count, panel.data());
        std::copy_n(panel.data(), count * cols(), out + row * cols());
    }
}

std::int64_t QuantizedSource::rows_of(std::int64_t group) const
{
    return std::min(group_rows_, rows() - group * group_rows_);
}

const float* QuantizedSource::original_group(std::int64_t group)
{
    const std::int64_t first = group * group_rows_;
    const float* held = original_transform_ ? nullptr : stored_.rows_in_memory(first);
    if (held != nullptr)
        return held;
    original_.resize(std::max(original_.size(), static_cast<std::size_t>(rows_of(group) * cols())));
    stored_.read(first, rows_of(group), original_.data());
    return original_.data();
}

void QuantizedSource::quantize_group(std::int64_t group, float* out)
{
    const std::int64_t first = group * group_rows_;
    const auto elements = static_cast<std::size_t>(rows_of(group) * cols());
    const float* const original = original_group(group);

    const Stopwatch watch;
    const quantize::Panel panel{.values = original, .first_row = first, .rows = rows_of(group), .cols = cols()};
    const quantize::QuantizationCounts counts = quantizer_.apply(panel, out, statistics_);
    if (original_transform_) {
        original_transform_->apply(first, rows_of(group), cols(), original_.data());
        decoded_transform_->apply(first, rows_of(group), cols(), out);
    }
    const auto index = static_cast<std::size_t>(group);
    if (seen_[index] == 0) {
        const std::span<const float> weights(original, elements);
        column_sums_[index].assign(static_cast<std::size_t>(cols()), 0.0);
        float* const error = error_ == nullptr ? nullptr : error_->data() + first * cols();
        const PanelSums sums = error_pass(weights, {out, elements}, *probes_, column_sums_[index], error);
        groups_[index] = sums.moments;
        forward_[index] = sums.forward;
        groups_[index].zeroed = counts.zeroed;
        groups_[index].clipped = counts.clipped;
        seen_[index] = 1;
    }
    seconds_ += watch.seconds();
}

void QuantizedSource::keep_error(std::vector<float>& buffer)
{
    if (stored_.rows_in_memory(0) == nullptr)
        return;
    const auto elements = static_cast<std::size_t>(rows() * cols());
    if (buffer.size() < elements)
        buffer.resize(elements);
    error_ = &buffer;
}

void QuantizedSource::transform(RowTransform original, RowTransform decoded)
{
    original_transform_ = std::move(original);
    decoded_transform_ = std::move(decoded);
}

const float* QuantizedSource::kept_error(std::int64_t first_row)
{
    if (error_ == nullptr)
        return nullptr;
    complete();
    return error_->data() + first_row * cols();
}

const float* QuantizedSource::decoded_group(std::int64_t group)
{
    if (decoded_is_ != group) {
        decoded_.resize(static_cast<std::size_t>(std::min(group_rows_, rows()) * cols()));
        decoded_is_ = -1;
        quantize_group(group, decoded_.data());
        decoded_is_ = group;
    }
    return decoded_.data();
}

void QuantizedSource::complete()
{
    for (std::size_t index = 0; index < groups_.size(); ++index)
        if (seen_[index] == 0)
            decoded_group(static_cast<std::int64_t>(index));
}

PairMoments QuantizedSource::moments()
{
    complete();
    PairMoments total;
    for (const PairMoments& group : groups_)
        accumulate(total, group);
    return total;
}

double QuantizedSource::column_sum_max()
{
    complete();
    std::vector<double> sums(static_cast<std::size_t>(cols()), 0.0);
    for (const std::vector<double>& group : column_sums_)
        for (std::size_t c = 0; c < sums.size(); ++c)
            sums[c] += group[c];
    return sums.empty() ? 0.0 : *std::max_element(sums.begin(), sums.end());
}

ForwardSums QuantizedSource::forward_sums()
{
    complete();
    ForwardSums total;
    for (const ForwardSums& group : forward_)
        total.add(group);
    return total;
}

quantize::TensorStatistics streamed_statistics(StoredSource& stored)
{
    constexpr std::int64_t panel_rows = QuantizedSource::panel_rows;
    std::vector<float> panel;
    quantize::StatisticsAccumulator accumulator;
    for (std::int64_t row = 0; row < stored.rows(); row += panel_rows) {
        const std::int64_t count = std::min(panel_rows, stored.rows() - row);
        const auto elements = static_cast<std::size_t>(count * stored.cols());
        const float* values = stored.rows_in_memory(row);
        if (values == nullptr) {
            panel.resize(std::max(panel.size(), elements));
            stored.read(row, count, panel.data());
            values = panel.data();
        }
        accumulator.add({values, elements}, stored.cols());
    }
    return accumulator.statistics();
}

quantize::TensorStatistics streamed_statistics(spectrum::PanelSource& matrix)
{
    constexpr std::int64_t panel_rows = QuantizedSource::panel_rows;
    std::vector<float> panel(static_cast<std::size_t>(std::min(panel_rows, matrix.rows()) * matrix.cols()));
    quantize::StatisticsAccumulator accumulator;
    for (std::int64_t row = 0; row < matrix.rows(); row += panel_rows) {
        const std::int64_t count = std::min(panel_rows, matrix.rows() - row);
        matrix.read(row, count, panel.data());
        accumulator.add({panel.data(), static_cast<std::size_t>(count * matrix.cols())}, matrix.cols());
    }
    return accumulator.statistics();
}

}  // namespace specsweep::measure
