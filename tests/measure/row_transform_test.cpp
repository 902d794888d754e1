#include "measure/row_transform.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include "checkpoint/token_counts.hpp"
#include "measure/token_weighting.hpp"

namespace specsweep::measure {
namespace {

constexpr std::int64_t rows = 600;  // three panels
constexpr std::int64_t cols = 37;

class MemorySource final : public spectrum::PanelSource {
public:
    explicit MemorySource(std::vector<float> values) : values_(std::move(values)) {}
    std::int64_t rows() const override { return std::ssize(values_) / measure::cols; }
    std::int64_t cols() const override { return measure::cols; }
    void read(std::int64_t first, std::int64_t count, float* out) override
    {
        std::copy_n(values_.data() + first * cols(), count * cols(), out);
    }
    void read(std::int64_t first, std::int64_t count, double* out) override
    {
        std::copy_n(values_.data() + first * cols(), count * cols(), out);
    }

private:
    std::vector<float> values_;
};

std::vector<float> random_values()
{
    std::mt19937 random(1);
    std::normal_distribution<float> normal;
    std::vector<float> values(static_cast<std::size_t>(rows * cols));
    std::generate(values.begin(), values.end(), [&] { return normal(random); });
    return values;
}

checkpoint::TokenCounts counts_of(std::int64_t tokens)
{
    checkpoint::TokenCounts counts;
    for (std::int64_t k = 0; k < tokens; ++k) {
        counts.counts.push_back(k % 5 == 3 ? 0 : 1 + (k * k) % 97);
        counts.total += counts.counts.back();
    }
    return counts;
}

/// x = fl32(√p·(e − μ)) against long double: √p, μ, the difference and the product are each rounded once to binary64
/// before the one rounding to binary32.
class RowTransformTest : public testing::TestWithParam<bool> {};

TEST_P(RowTransformTest, IsTheDefinition)
{
    const bool centred = GetParam();
    const std::vector<float> e = random_values();
    const checkpoint::TokenCounts counts = counts_of(rows - 20);  // the last rows have no token
    MemorySource source(e);
    const RowTransform transform = TokenFrequencies(counts).transform(source, centred);
    TransformedSource weighted(source, transform);
    std::vector<float> x(e.size());
    weighted.read(0, 256, x.data());
    weighted.read(256, rows - 256, x.data() + 256 * cols);

    const auto p = [&](std::int64_t row) {
        return row < std::ssize(counts.counts)
                   ? static_cast<long double>(counts.counts[static_cast<std::size_t>(row)]) / counts.total
                   : 0.0L;
    };
    for (std::int64_t c = 0; c < cols; ++c) {
        long double mean = 0;
        long double magnitude = 0;
        for (std::int64_t r = 0; centred && r < rows; ++r) {
            mean += p(r) * e[static_cast<std::size_t>(r * cols + c)];
            magnitude += p(r) * std::abs(e[static_cast<std::size_t>(r * cols + c)]);
        }
        const long double mean_error = 1.2e-16L * (rows + 2) * magnitude;
        for (std::int64_t r = 0; r < rows; ++r) {
            const auto i = static_cast<std::size_t>(r * cols + c);
            const long double wanted = std::sqrt(p(r)) * (e[i] - mean);
            const long double bound = 0x1p-24L * std::abs(wanted) +
                                      std::sqrt(p(r)) * (mean_error + 5e-16L * (std::abs(e[i]) + std::abs(mean)));
            ASSERT_LE(std::abs(x[i] - wanted), bound) << r << ',' << c;
        }
    }
}

TEST_P(RowTransformTest, WiderReadsGiveTheSameNumbers)
{
    MemorySource source(random_values());
    const RowTransform transform = TokenFrequencies(counts_of(rows)).transform(source, GetParam());
    TransformedSource weighted(source, transform);
    std::vector<float> narrow(static_cast<std::size_t>(rows * cols));
    std::vector<double> wide(narrow.size());
    weighted.read(0, rows, narrow.data());
    weighted.read(0, rows, wide.data());
    EXPECT_TRUE(std::equal(narrow.begin(), narrow.end(), wide.begin()));
}

INSTANTIATE_TEST_SUITE_P(RawAndCentred, RowTransformTest, testing::Bool());

TEST(RowTransform, ACentredCorpusHasMeanZero)
{
    MemorySource source(random_values());
    const checkpoint::TokenCounts counts = counts_of(rows);
    const TokenFrequencies frequencies(counts);
    const RowTransform transform = frequencies.transform(source, true);
    TransformedSource weighted(source, transform);
    std::vector<float> x(static_cast<std::size_t>(rows * cols));
    weighted.read(0, rows, x.data());
    for (std::int64_t c = 0; c < cols; ++c) {
        double mean = 0;  // Σ p (e − μ) = Σ √p x
        for (std::int64_t r = 0; r < rows; ++r)
            mean += std::sqrt(static_cast<double>(counts.counts[static_cast<std::size_t>(r)]) /
                              static_cast<double>(counts.total)) *
                    static_cast<double>(x[static_cast<std::size_t>(r * cols + c)]);
        EXPECT_NEAR(mean, 0, 1e-7);  // 2⁻²⁴ Σ√p|x| ≤ 2⁻²⁴ ‖x‖
    }
}

}  // namespace
}  // namespace specsweep::measure
