#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <fstream>
#include <limits>
#include <map>
#include <string>

#include "base/format.hpp"
#include "base/text.hpp"
#include "metrics/columns.hpp"
#include "results/derive.hpp"

namespace specsweep::results {
namespace {

constexpr const char* recorded_file = SPECSWEEP_SOURCE_DIR "/tests/results/recorded_derivation.txt";
/// Another C library's log and exp move columns by some ulps; what changes more is a change of ours.
constexpr double same_within = 1e-12;

struct Case {
    const char* name;
    MatrixRow matrix;
    std::int64_t k;
    double noise;  ///< 0: a reference
};

/// A bulk and a head, by operations that round the same everywhere; quantizing adds white noise.
UnitResult spectrum_of(const Case& one, double noise)
{
    UnitResult unit;
    unit.state = UnitState::done;
    unit.method = "gram-lapack";
    const auto count = static_cast<double>(one.k);
    for (std::int64_t k = 0; k < one.k; ++k) {
        const auto rank = static_cast<double>(k + 1);
        const double clean = (1 - (rank - 0.5) / count) * (1 + 5 / std::sqrt(rank)) + 1e-4 * (1 - rank / count);
        const double bent = clean * (1 + 1e-3 / rank);
        unit.sigma.push_back(std::sqrt(bent * bent + noise * noise));
        unit.error.push_back(1e-12);
        unit.moments.frobenius_squared += unit.sigma.back() * unit.sigma.back();
    }
    unit.moments.frobenius_squared_error = 1e-12 * unit.moments.frobenius_squared;
    if (noise == 0)
        return unit;
    unit.moments.inner_product = -0.25 * count * noise * noise;
    unit.moments.error_frobenius_squared = count * noise * noise;
    unit.moments.error_max = 5 * noise / std::sqrt(count);
    unit.moments.zeroed = one.k;
    unit.moments.clipped = 3;
    unit.moments.error_column_sum_max = unit.moments.error_row_sum_max = noise * std::sqrt(count);
    unit.moments.error_spectral_low = 2 * noise;
    unit.moments.error_spectral_high = 2.1 * noise;
    return unit;
}

/// "case column" → number; NaN: no value.
std::map<std::string, double> derived_now()
{
    const auto matrix = [](std::int64_t rows, std::int64_t cols) {
        MatrixRow row;
        row.role = "mlp_up";
        row.rows = rows;
        row.cols = cols;
        return row;
    };
    Header header;
    header.tolerance = 1e-4;
    header.metrics = "full";
    std::map<std::string, double> values;
    for (const Case& one : {Case{"tall-reference", matrix(300, 96), 96, 0}, Case{"tall", matrix(300, 96), 96, 0.01},
                            Case{"square-coarse", matrix(200, 200), 200, 0.2}, Case{"tiny", matrix(7, 5), 5, 0.05}}) {
        const UnitResult reference = spectrum_of(one, 0);
        const auto derived = one.noise == 0 ? derive(one.matrix, header, reference, nullptr)
                                            : derive(one.matrix, header, spectrum_of(one, one.noise), &reference);
        for (std::size_t c = 0; c < derived.size(); ++c)
            values[fmt::format("{} {}", one.name, metrics::columns()[c].name)] =
                derived[c].has_value() ? *derived[c] : std::numeric_limits<double>::quiet_NaN();
    }
    return values;
}

struct Recorded {
    std::int64_t version = 0;
    std::map<std::string, double> values;
};

Recorded read_recorded()
{
    Recorded found;
    std::ifstream file(recorded_file);
    std::string word, name, column, value;
    file >> word >> found.version;
    while (file >> name >> column >> value)
        found.values[name + " " + column] = std::strtod(value.c_str(), nullptr);
    return found;
}

bool is_same(double a, double b)
{
    return (std::isnan(a) && std::isnan(b)) || a == b || std::abs(a - b) <= same_within * std::abs(b);
}

/// Values that shard files hold count as long as derivation_version stands: it must rise with them.
/// SPECSWEEP_UPDATE_GOLDEN=1 records them under a new version, and new columns under any.
TEST(DerivationVersion, RisesWhenADerivedColumnChanges)
{
    const std::map<std::string, double> now = derived_now();
    const Recorded recorded = read_recorded();
    if (recorded.version == metrics::derivation_version)
        for (const auto& [key, before] : recorded.values) {
            const auto found = now.find(key);
            ASSERT_NE(found, now.end()) << key << " is gone: raise metrics::derivation_version";
            ASSERT_TRUE(is_same(found->second, before))
                << fmt::format("{} is {}, not {}: raise metrics::derivation_version", key, found->second, before);
        }
    if (std::getenv("SPECSWEEP_UPDATE_GOLDEN") == nullptr) {
        EXPECT_EQ(recorded.version, metrics::derivation_version) << "record the new values: SPECSWEEP_UPDATE_GOLDEN=1";
        EXPECT_EQ(recorded.values.size(), now.size()) << "record the new columns: SPECSWEEP_UPDATE_GOLDEN=1";
        return;
    }
    std::ofstream file(recorded_file);
    file << "derivation_version " << metrics::derivation_version << '\n';
    for (const auto& [key, value] : now)
        file << fmt::format("{} {}\n", key, value);
}

}  // namespace
}  // namespace specsweep::results
