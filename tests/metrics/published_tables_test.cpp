/// Published numbers whose weights are not here (metrics.md §6.2 to §6.4): what can be checked of them is that they
/// mean what our columns of the same names mean.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "support/shared.hpp"

namespace specsweep::metrics {
namespace {

struct Row {
    const char* layer;
    double d, alpha, alpha_weighted, sigma, lambda_max, stable_rank, sv_max, xmin;
};

/// WeightWatcher on ALBERT-base-v2, as its notebook prints it.
constexpr std::array albert{
    Row{"embedding", .067296, 3.934899, 11.393038, .350788, 785.927105, 6.411042, 28.034391, 31.422551},
    Row{"position", .188720, 6.332552, 7.024650, 1.885342, 12.861511, 5.532295, 3.586295, 7.169731},
    Row{"map", .058994, 7.149564, 2.335649, 1.162158, 2.121700, 55.028663, 1.456606, 1.139568},
    Row{"query", .090620, 3.890733, 4.444255, .417241, 13.876080, 64.337825, 3.725061, 4.480150},
    Row{"key", .067590, 3.810717, 4.658237, .409985, 16.688008, 54.311160, 4.085096, 4.659761},
    Row{"value", .115340, 3.477497, 4.235197, .246520, 16.515303, 98.421496, 4.063902, 5.094630},
    Row{"dense", .060880, 3.326304, 4.632189, .229218, 24.694098, 72.275487, 4.969316, 5.342515},
    Row{"ffn", .028380, 4.123611, 10.183698, .327443, 294.853694, 24.378019, 17.171304, 18.555326},
    Row{"ffn_output", .035714, 4.561330, 9.575112, .673028, 125.658858, 38.133201, 11.209766, 19.103816},
    Row{"pooler", .033462, 2.554782, 5.077999, .202415, 97.195219, 6.357107, 9.858764, 2.163854}};

/// alpha_weighted = α·log₁₀ λ_max, sv_max² = λ_max, sigma = (α − 1)/√n for a whole n of at most 768: to the digits that
/// are printed.
TEST(PublishedAlbertTable, MeansWhatOurColumnsMean)
{
    for (const Row& row : albert) {
        EXPECT_NEAR(row.alpha * std::log10(row.lambda_max), row.alpha_weighted, 5e-6) << row.layer;
        EXPECT_NEAR(row.sv_max * row.sv_max, row.lambda_max, 1.1e-6 * row.sv_max) << row.layer;
        const double n_tail = std::pow((row.alpha - 1) / row.sigma, 2);
        EXPECT_NEAR(n_tail, std::round(n_tail), n_tail * 1e-6 * (1 / row.sigma + 1)) << row.layer;
        EXPECT_LE(n_tail, 768) << row.layer;
        EXPECT_LT(row.xmin, row.lambda_max) << row.layer;
    }
}

/// VGG11, layer 31 (1000 × 4096), and the first rows of AlphaPruning's cache for DeiT-small.
TEST(PublishedVisionTables, MeanWhatOurColumnsMean)
{
    EXPECT_NEAR(2.825653 * std::log10(58.786867), 4.999373, 2e-6);
    EXPECT_NEAR(7.667259 * 7.667259, 58.786867, 1.6e-5);
    EXPECT_NEAR(58.786867 - 3.374576 - 55.368102, 0, 0.05) << "ww_maxdist is of another permutation";
    EXPECT_NEAR(3.374576 / 58.786867, .058155, 1e-3);
    for (const auto& [norm, lambda_max, stable_rank] :
         {std::array{1376.62317, 175.53581, 7.84241}, std::array{344.44196, 15.26576, 22.56304},
          std::array{1325.29138, 69.27991, 19.12952}, std::array{978.31775, 37.14681, 26.33652}})
        EXPECT_NEAR(norm / lambda_max, stable_rank, 5e-6 * stable_rank / 7);
}

/// Martin, Peng & Mahoney 2021, table 2, GPT2-small: means without the token embedding; the first column is of the norm
/// that is not squared.
TEST(PublishedGpt2Table, HasThePublishedMeans)
{
    SPECSWEEP_REQUIRE_SHARED(table, "reference/gpt2-weightwatcher/gpt2_small.csv");
    std::ifstream in(table);
    std::string line;
    std::getline(in, line);
    std::vector<std::string> header;
    std::istringstream names(line);
    for (std::string name; std::getline(names, name, ',');)
        header.push_back(name);
    constexpr std::array columns{"log_norm", "log_spectral_norm", "alpha_weighted", "log_alpha_norm"};
    std::array<double, columns.size()> sums{};
    int layers = 0;
    while (std::getline(in, line)) {
        std::vector<std::string> row;
        std::istringstream fields(line);
        for (std::string field; std::getline(fields, field, ',');)
            row.push_back(field);
        const auto at = [&](std::string_view name) {
            return row.at(static_cast<std::size_t>(std::find(header.begin(), header.end(), name) - header.begin()));
        };
        if (at("level") != "LEVEL.LAYER" || at("N") == "50257")
            continue;
        ++layers;
        for (std::size_t c = 0; c < columns.size(); ++c)
            sums[c] += std::stod(at(columns[c]));
    }
    ASSERT_EQ(layers, 49);
    constexpr std::array published{2.04, 2.54, 9.62, 9.87};
    for (std::size_t c = 0; c < columns.size(); ++c)
        EXPECT_NEAR(sums[c] / layers, published[c], 0.005) << columns[c];
}

}  // namespace
}  // namespace specsweep::metrics
