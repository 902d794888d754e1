#include "measure/token_weighting.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/error.hpp"
#include "base/format.hpp"
#include "measure/quantized_source.hpp"
#include "measure/unit_failure.hpp"
#include "metrics/zipf_exponent.hpp"

namespace specsweep::measure {
namespace {

__attribute__((target_clones("avx512f", "avx2", "default"))) void add_scaled(double p, const float* row,
                                                                             std::int64_t cols, double* sum)
{
    for (std::int64_t c = 0; c < cols; ++c)
        sum[c] += p * static_cast<double>(row[c]);
}

std::vector<double> weighted_mean(spectrum::PanelSource& matrix, const std::vector<double>& p)
{
    constexpr std::int64_t panel_rows = QuantizedSource::panel_rows;
    std::vector<double> mean(static_cast<std::size_t>(matrix.cols()), 0.0);
    std::vector<float> panel(static_cast<std::size_t>(std::min(panel_rows, matrix.rows()) * matrix.cols()));
    for (std::int64_t first = 0; first < matrix.rows(); first += panel_rows) {
        const std::int64_t count = std::min(panel_rows, matrix.rows() - first);
        matrix.read(first, count, panel.data());
        for (std::int64_t r = 0; r < count && first + r < std::ssize(p); ++r)
            add_scaled(p[static_cast<std::size_t>(first + r)], panel.data() + r * matrix.cols(), matrix.cols(),
                       mean.data());
    }
    return mean;
}

}  // namespace

TokenFrequencies::TokenFrequencies(const checkpoint::TokenCounts& counts) : p_(counts.probabilities()), root_(p_)
{
    std::transform(p_.begin(), p_.end(), root_.begin(), [](double p) { return std::sqrt(p); });
}

double TokenFrequencies::zipf_exponent(std::int64_t last) const
{
    return metrics::zipf_exponent(p_, last).value_or(std::numeric_limits<double>::quiet_NaN());
}

RowTransform TokenFrequencies::transform(spectrum::PanelSource& matrix, bool centred) const
{
    return {.scale = root_, .shift = centred ? weighted_mean(matrix, p_) : std::vector<double>()};
}

const TokenFrequencies& TokenFrequencyCache::of(const TokenWeighting& weighting)
{
    auto& entry = files_[weighting.counts.string()];
    if (!entry) {
        const checkpoint::TokenCounts counts = checkpoint::read_token_counts(weighting.counts);
        if (counts.digest() != weighting.digest)
            throw UnitFailure(
                ExitCode::bad_input, "unit:content-changed",
                fmt::format("the token counts in {} are not those that were planned", weighting.counts.string()),
                "the file changed after planning");
        entry = std::make_unique<const TokenFrequencies>(counts);
    }
    return *entry;
}

}  // namespace specsweep::measure
