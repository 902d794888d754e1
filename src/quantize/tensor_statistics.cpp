#include "quantize/tensor_statistics.hpp"

#include <algorithm>
#include <cmath>

namespace specsweep::quantize {

namespace {

/// The three sums of one row, each over eight interleaved partial sums: a fixed order that vectorises.
struct RowSums {
    double absolute = 0;
    double square = 0;
    double plain = 0;
};

// Lanes are explicit, so the order of the sums, and with it every bit, is the same in each clone.
__attribute__((target_clones("avx512f", "avx2", "default"))) RowSums row_sums(std::span<const float> row)
{
    constexpr std::size_t lanes = 8;
    double absolute[lanes] = {};
    double square[lanes] = {};
    double plain[lanes] = {};
    const std::size_t whole = row.size() / lanes * lanes;
    for (std::size_t i = 0; i < whole; i += lanes)
        for (std::size_t lane = 0; lane < lanes; ++lane) {
            const double w = row[i + lane];
            absolute[lane] += std::abs(w);
            square[lane] += w * w;
            plain[lane] += w;
        }
    for (std::size_t i = whole; i < row.size(); ++i) {
        const double w = row[i];
        absolute[i - whole] += std::abs(w);
        square[i - whole] += w * w;
        plain[i - whole] += w;
    }
    RowSums total;
    for (std::size_t lane = 0; lane < lanes; ++lane) {
        total.absolute += absolute[lane];
        total.square += square[lane];
        total.plain += plain[lane];
    }
    return total;
}

struct RowRange {
    float low = 0;
    float high = 0;
};

/// Smallest and largest of a row that is not empty, lane by lane: minima do not depend on the order.
__attribute__((target_clones("avx512f", "avx2", "default"))) RowRange row_range(std::span<const float> row)
{
    constexpr std::size_t lanes = 16;
    float low[lanes];
    float high[lanes];
    std::fill_n(low, lanes, row[0]);
    std::fill_n(high, lanes, row[0]);
    const std::size_t whole = row.size() / lanes * lanes;
    for (std::size_t i = 0; i < whole; i += lanes)
        for (std::size_t lane = 0; lane < lanes; ++lane) {
            const float w = row[i + lane];
            low[lane] = w < low[lane] ? w : low[lane];
            high[lane] = w > high[lane] ? w : high[lane];
        }
    for (std::size_t i = whole; i < row.size(); ++i) {
        low[0] = row[i] < low[0] ? row[i] : low[0];
        high[0] = row[i] > high[0] ? row[i] : high[0];
    }
    return {.low = *std::min_element(low, low + lanes), .high = *std::max_element(high, high + lanes)};
}

}  // namespace

void StatisticsAccumulator::add(std::span<const float> panel, std::int64_t cols)
{
    const auto width = static_cast<std::size_t>(cols);
    statistics_.cols = cols;
    for (std::size_t begin = 0; width > 0 && begin < panel.size(); begin += width) {
        const auto row = panel.subspan(begin, width);
        const RowRange range = row_range(row);
        const bool first = statistics_.rows == 0;
        statistics_.minimum = first ? range.low : std::min(statistics_.minimum, range.low);
        statistics_.maximum = first ? range.high : std::max(statistics_.maximum, range.high);
        const RowSums sums = row_sums(row);
        statistics_.absolute_sum += sums.absolute;
        statistics_.square_sum += sums.square;
        statistics_.sum += sums.plain;
        ++statistics_.rows;
    }
    statistics_.absolute_maximum = std::max(std::abs(statistics_.minimum), std::abs(statistics_.maximum));
}

TensorStatistics statistics_of(std::span<const float> matrix, std::int64_t cols)
{
    StatisticsAccumulator accumulator;
    accumulator.add(matrix, cols);
    return accumulator.statistics();
}

}  // namespace specsweep::quantize
