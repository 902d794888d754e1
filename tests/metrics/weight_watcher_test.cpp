#include "metrics/ww_compat.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "metrics/log_norms.hpp"
#include "support/python.hpp"
#include "support/shared.hpp"

namespace specsweep::metrics {
namespace {

/// Name, rows, cols and singular values of every matrix of a reference file, as text by h5py.
std::string spectra_text(const std::filesystem::path& file)
{
    return run_python(R"(
import sys, h5py
f = h5py.File(sys.argv[1])
def visit(name, d):
    if isinstance(d, h5py.Dataset): print(name, *[repr(float(x)) for x in d[:]])
f.visititems(visit)
)",
                      {file.string()})
        .output;
}

std::vector<std::string> fields(const std::string& line)
{
    std::vector<std::string> parts;
    std::istringstream in(line);
    for (std::string part; std::getline(in, part, ',');)
        parts.push_back(part);
    return parts;
}

/// WeightWatcher's own table, column by column: numbers to 1e-9 relative (its sums run in another order, and it fits
/// numpy's singular values), counts exactly.
TEST(WeightWatcherRow, IsWeightWatchersOwn)
{
    if (!python_is_available())
        GTEST_SKIP() << "no python3 with h5py";
    SPECSWEEP_REQUIRE_SHARED(table, "reference/weightwatcher/all-MiniLM-L6-v2.csv");
    SPECSWEEP_REQUIRE_SHARED(spectra, "reference/spectra/all-MiniLM-L6-v2.h5");
    std::ifstream in(table);
    std::string line;
    std::getline(in, line);
    const std::vector<std::string> header = fields(line);
    std::map<std::string, std::vector<std::string>> rows;
    while (std::getline(in, line))
        rows[fields(line)[0]] = fields(line);
    std::istringstream text(spectra_text(spectra));
    std::size_t compared = 0;
    while (std::getline(text, line)) {
        std::istringstream words(line);
        std::string name;
        words >> name;
        if (!rows.contains(name))
            continue;
        std::vector<double> sigma;
        for (double value = 0; words >> value;)
            sigma.push_back(value);
        ++compared;
        const auto& expected = rows.at(name);
        const auto at = [&](std::string_view column) {
            const auto place = std::find(header.begin(), header.end(), column) - header.begin();
            return expected.at(static_cast<std::size_t>(place));
        };
        const auto real = [&](std::string_view column) { return std::stod(at(column)); };
        const WeightWatcherRow row = weight_watcher_row(sigma, std::stoll(at("N")), std::stoll(at("M")));
        const auto near = [&](std::string_view column, double value) {
            EXPECT_NEAR(value, real(column), 1e-9 * std::abs(real(column))) << name << ' ' << column;
        };
        near("Q", row.q);
        near("alpha", row.alpha);
        near("alpha_weighted", row.alpha_weighted);
        near("D", row.d);
        near("sigma", row.sigma);
        near("xmin", row.xmin);
        near("xmax", row.xmax);
        near("lambda_max", row.lambda_max);
        near("log_alpha_norm", row.log_alpha_norm);
        near("log_norm", row.log_norm);
        near("log_spectral_norm", row.log_spectral_norm);
        near("norm", row.norm);
        near("spectral_norm", row.spectral_norm);
        near("stable_rank", row.stable_rank);
        near("entropy", row.entropy);
        near("sv_max", row.sv_max);
        near("sv_min", row.sv_min);
        EXPECT_EQ(row.num_pl_spikes, real("num_pl_spikes")) << name;
        EXPECT_EQ(row.num_evals, real("num_evals")) << name;
        EXPECT_EQ(row.matrix_rank, real("matrix_rank")) << name;
        EXPECT_EQ(row.rank_loss, real("rank_loss")) << name;
        EXPECT_EQ(row.weak_rank_loss, real("weak_rank_loss")) << name;
        EXPECT_EQ(row.warning, expected.size() == header.size() ? expected.back() : "") << name;
        EXPECT_EQ(row.status, "success");
    }
    EXPECT_EQ(compared, rows.size());
    EXPECT_GT(compared, 30U);
}

/// The table that came with the Nature Communications paper of 2021: fp32 truncated SVD of the time, so Sr to 1 %.
TEST(PublishedGpt2Table, AgreesWithItself)
{
    SPECSWEEP_REQUIRE_SHARED(table, "reference/gpt2-weightwatcher/gpt2_small.csv");
    std::ifstream in(table);
    std::string line;
    std::getline(in, line);
    const std::vector<std::string> header = fields(line);
    const auto column = [&](std::string_view name) {
        return static_cast<std::size_t>(std::find(header.begin(), header.end(), name) - header.begin());
    };
    int layers = 0;
    while (std::getline(in, line)) {
        const std::vector<std::string> row = fields(line);
        if (row.at(column("level")) != "LEVEL.LAYER")
            continue;
        ++layers;
        const double frobenius = std::stod(row.at(column("norm")));  // not squared there
        const double head = std::stod(row.at(column("spectral_norm")));
        const double stable_rank = std::stod(row.at(column("stable_rank")));
        EXPECT_NEAR(frobenius * frobenius / head, stable_rank, 0.01 * stable_rank);
    }
    EXPECT_EQ(layers, 50);
}

TEST(WeightWatcherRow, MarksWhatWeightWatcherLeavesOut)
{
    EXPECT_EQ(weight_watcher_row(std::vector<double>{2, 1}, 2, 384).status, "skipped");
    std::vector<double> sigma;
    for (int k = 1; k <= 20; ++k)
        sigma.push_back(1.0 / k);
    EXPECT_EQ(weight_watcher_row(sigma, 60000, 20).status, "skipped");
    EXPECT_EQ(weight_watcher_row(sigma, 600, 20).status, "success");
    for (double& value : sigma)
        value *= 1e-4;  // every λ below 1e-5
    EXPECT_EQ(weight_watcher_row(sigma, 600, 20).status, "failed");
    EXPECT_EQ(weight_watcher_row(sigma, 600, 20).alpha, -1);
}

/// metrics.md §6.2: 90 zeros and 10 ones, not rescaled.
TEST(DetX, IsThatOfWeightWatchersUnitTest)
{
    std::vector<double> values(90, 0.0);
    values.insert(values.end(), 10, 1.0);
    EXPECT_EQ(det_x(values).count, 11);
}

/// A product of 4096 values of a quarter circle overflows; its logarithm does not.
TEST(DetX, DoesNotOverflow)
{
    std::vector<double> values;
    constexpr int n = 4096;
    for (int i = 0; i < n; ++i)
        values.push_back(4 * (i + 0.5) / n * (i + 0.5) / n);
    const DetX found = det_x(values);
    EXPECT_GT(found.count, 2000);
    EXPECT_LT(found.count, n);
    double log_product = 0;
    for (std::int64_t i = n - found.count + 1; i < n; ++i)
        log_product += std::log(values[static_cast<std::size_t>(i)]);
    EXPECT_GE(log_product, 0);
    EXPECT_LT(log_product + std::log(found.value), 0);
}

}  // namespace
}  // namespace specsweep::metrics
