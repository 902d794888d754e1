#include "measure/quantized_source.hpp"

#include <algorithm>
#include <numeric>
#include <span>
#include <utility>

#include "base/integer.hpp"

namespace specsweep::measure {
namespace {

std::int64_t rows_of_a_group(const quantize::Quantizer& quantizer, const StoredSource& stored)
{
    const std::int64_t alignment = quantizer.row_alignment(stored.cols());
    if (alignment >= stored.rows())
        return round_up(stored.rows(), QuantizedSource::panel_rows);
    return std::lcm(alignment, QuantizedSource::panel_rows);
}

/// Few enough rows that W, W̃ and E of them stay in a second-level cache, and as many as formats like to see side by
/// side.
std::int64_t rows_of_a_strip(const quantize::Quantizer& quantizer, std::int64_t group_rows, std::int64_t cols)
{
    constexpr std::int64_t most_weights = 16384;
    constexpr std::int64_t side_by_side = 16;
    const std::int64_t alignment = quantizer.row_alignment(cols);
    if (alignment >= group_rows || cols == 0)
        return group_rows;
    const std::int64_t step = std::lcm(alignment, side_by_side);
    return std::clamp(most_weights / cols / step * step, std::min(step, group_rows), group_rows);
}

}  // namespace

QuantizedSource::QuantizedSource(StoredSource& stored, const quantize::Quantizer& quantizer,
                                 quantize::TensorStatistics statistics, std::shared_ptr<ProbedMatrix> probed)
    : stored_(stored),
      quantizer_(quantizer),
      statistics_(statistics),
      group_rows_(rows_of_a_group(quantizer, stored)),
      strip_rows_(rows_of_a_strip(quantizer, group_rows_, stored.cols())),
      groups_(static_cast<std::size_t>(divide_up(stored.rows(), group_rows_))),
      probed_(probed ? std::move(probed)
                     : std::make_shared<ProbedMatrix>(std::make_shared<const Probes>(statistics.seed, stored.cols()),
                                                      stored.rows()))
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

float* QuantizedSource::read_original(std::int64_t first_row, std::int64_t rows)
{
    original_.resize(std::max(original_.size(), static_cast<std::size_t>(rows * cols())));
    stored_.read(first_row, rows, original_.data());
    return original_.data();
}

void QuantizedSource::quantize_group(std::int64_t group, float* out)
{
    Group& here = groups_[static_cast<std::size_t>(group)];
    const bool is_new = !here.is_seen;
    if (is_new) {
        here = {};
        here.column_sums.assign(static_cast<std::size_t>(cols()), 0.0);
    }
    quantize::QuantizationCounts counts;
    const std::int64_t first = group * group_rows_;
    for (std::int64_t row = 0; row < rows_of(group); row += strip_rows_)
        counts += quantize_strip(first + row, std::min(strip_rows_, rows_of(group) - row), out + row * cols(),
                                 is_new ? &here : nullptr);
    here.sums.moments.zeroed = counts.zeroed;
    here.sums.moments.clipped = counts.clipped;
    here.is_seen = true;
}

/// @param measured where the moments go, or nullptr
quantize::QuantizationCounts QuantizedSource::quantize_strip(std::int64_t first_row, std::int64_t rows, float* out,
                                                             Group* measured)
{
    const float* original = original_transform_ ? nullptr : stored_.rows_in_memory(first_row);
    float* const own = original == nullptr ? read_original(first_row, rows) : nullptr;
    if (original == nullptr)
        original = own;

    const Stopwatch watch;
    const quantize::Panel strip{.values = original, .first_row = first_row, .rows = rows, .cols = cols()};
    const quantize::QuantizationCounts counts = quantizer_.apply(strip, out, statistics_);
    if (original_transform_) {
        original_transform_->apply(first_row, rows, cols(), own);
        decoded_transform_->apply(first_row, rows, cols(), out);
    }
    if (measured != nullptr) {
        const auto elements = static_cast<std::size_t>(rows * cols());
        float* const error = error_ == nullptr ? nullptr : error_ + first_row * cols();
        error_pass({original, elements}, {out, elements}, *probed_->probes(), measured->column_sums, error,
                   measured->sums);
        probed_->add_squares(first_row, {original, elements}, measured->output);
    }
    seconds_ += watch.seconds();
    return counts;
}

void QuantizedSource::keep_error(spectrum::Workspace& workspace)
{
    if (stored_.rows_in_memory(0) != nullptr)
        error_ = workspace.floats(spectrum::Workspace::Slot::error, rows() * cols()).data();
}

void QuantizedSource::transform(RowTransform original, RowTransform decoded)
{
    original_transform_ = std::move(original);
    decoded_transform_ = std::move(decoded);
    probed_ = std::make_shared<ProbedMatrix>(probed_->probes(), rows());
}

const float* QuantizedSource::kept_error(std::int64_t first_row)
{
    if (error_ == nullptr)
        return nullptr;
    complete();
    return error_ + first_row * cols();
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
        if (!groups_[index].is_seen)
            decoded_group(static_cast<std::int64_t>(index));
}

PairMoments QuantizedSource::moments()
{
    complete();
    PairMoments total;
    for (const Group& group : groups_)
        accumulate(total, group.sums.moments);
    return total;
}

double QuantizedSource::column_sum_max()
{
    complete();
    std::vector<double> sums(static_cast<std::size_t>(cols()), 0.0);
    for (const Group& group : groups_)
        for (std::size_t c = 0; c < sums.size(); ++c)
            sums[c] += group.column_sums[c];
    return sums.empty() ? 0.0 : *std::max_element(sums.begin(), sums.end());
}

ForwardSums QuantizedSource::forward_sums()
{
    complete();
    ForwardSums total;
    for (const Group& group : groups_)
        total.add({.output = group.output, .error = group.sums.forward});
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
