#include "quantize/tensor_statistics.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

#include "quantize/float_bits.hpp"

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

/// Orders as the floats do (−0 below +0): integer minima vectorise, those of floats do not. Its own inverse.
std::int32_t ordered_bits(std::int32_t bits)
{
    return bits ^ ((bits >> 31) & std::numeric_limits<std::int32_t>::max());
}

/// Smallest and largest of a row that is not empty; a zero among them is +0.
__attribute__((target_clones("avx512f", "avx2", "default"))) RowRange row_range(std::span<const float> row)
{
    const float* const values = row.data();
    const std::size_t count = row.size();
    std::int32_t low = std::numeric_limits<std::int32_t>::max();
    std::int32_t high = std::numeric_limits<std::int32_t>::min();
    for (std::size_t i = 0; i < count; ++i) {
        const std::int32_t key = ordered_bits(bits_of(values[i]));
        low = low < key ? low : key;
        high = high > key ? high : key;
    }
    return {.low = float_of(ordered_bits(low)) + 0.0F, .high = float_of(ordered_bits(high)) + 0.0F};
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
