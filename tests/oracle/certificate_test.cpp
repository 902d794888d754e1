#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <iostream>
#include <limits>

#include "base/format.hpp"
#include "oracle/spectra_file.hpp"
#include "spectrum/gram_certificate.hpp"
#include "spectrum/long_double_oracle.hpp"
#include "spectrum/long_side.hpp"
#include "spectrum/rounding_model.hpp"
#include "spectrum/spectrum.hpp"

namespace specsweep::oracle {
namespace {

using spectrum::AccuratePath;
using spectrum::Certificate;
using spectrum::Method;
using spectrum::Spectrum;

/// The cases with their spectra: stored ones, and by Jacobi on the spot where a quantizer decodes to other numbers
/// than when the file was made (k ≤ 64: milliseconds).
struct Calibrated {
    const Case* one;
    std::vector<long double> sigma;
};

const std::vector<Calibrated>& calibration_set()
{
    static const std::vector<Case> cases = all_cases();
    static const std::vector<Calibrated> set = [] {
        const auto stored = read_spectra(spectra_path());
        std::vector<Calibrated> result;
        for (const Case& one : cases) {
            const auto found = stored.find(one.name);
            const bool same = found != stored.end() && found->second.hash == hash_of(one.matrix);
            EXPECT_TRUE(same || one.origin == Origin::quantized) << one.name << ": make_oracle again";
            result.push_back({&one, same ? found->second.sigma : spectrum::singular_values_in_long_double(one.matrix)});
        }
        return result;
    }();
    return set;
}

/// Quantiles of bound / observed error over all values of all matrices, and the largest part of the eigenvalue bound
/// that an error used. A value without any error counts as an infinite slack.
struct Slack {
    std::vector<double> ratios;
    double largest_share = 0;
    int violations = 0;
    int accurate = 0;

    void add(const Calibrated& calibrated, const Spectrum& computed)
    {
        accurate += computed.method == "qr-lapack" ? 1 : 0;
        for (std::size_t k = 0; k < calibrated.sigma.size(); ++k) {
            const auto observed = static_cast<double>(std::fabs(computed.sigma[k] - calibrated.sigma[k]));
            if (!(observed <= computed.error[k])) {
                ++violations;
                ADD_FAILURE() << calibrated.one->name << ": sigma " << k + 1 << " off by " << observed << ", bound "
                              << computed.error[k];
            }
            if (computed.error[k] > 0)
                ratios.push_back(observed > 0 ? computed.error[k] / observed : std::numeric_limits<double>::infinity());
        }
    }
    double quantile(double q) const
    {
        std::vector<double> sorted = ratios;
        std::sort(sorted.begin(), sorted.end());
        return sorted[static_cast<std::size_t>(q * static_cast<double>(sorted.size() - 1))];
    }
    std::string text() const
    {
        return fmt::format(
            "{} values, {} by the accurate path; slack: least {:.3g}, 1 % {:.3g}, median {:.3g}, 99 % {:.3g}",
            ratios.size(), accurate, quantile(0), quantile(0.01), quantile(0.5), quantile(0.99));
    }
};

Slack slack_of(Method method, Certificate certificate, AccuratePath path)
{
    Slack slack;
    spectrum::Workspace workspace;
    for (const Calibrated& calibrated : calibration_set()) {
        spectrum::DenseSource source(calibrated.one->matrix);
        spectrum::SpectrumRequest request;
        request.method = method;
        request.certificate = certificate;
        request.accurate_path = path;
        slack.add(calibrated, spectrum::compute_spectrum(source, request, workspace));
    }
    return slack;
}

TEST(Calibration, HasTwoHundredMatricesOfEveryKind)
{
    int by_origin[3] = {};
    for (const Calibrated& calibrated : calibration_set())
        ++by_origin[static_cast<int>(calibrated.one->origin)];
    EXPECT_GE(calibration_set().size(), 200U);
    EXPECT_GE(by_origin[static_cast<int>(Origin::checkpoint)], 20);
    EXPECT_GE(by_origin[static_cast<int>(Origin::quantized)], 40);
    EXPECT_LT(std::filesystem::file_size(spectra_path()), 1'000'000U);
}

struct Setting {
    const char* name;
    Method method;
    Certificate certificate;
    AccuratePath path;
    double most_median;
};

class CertificateSlack : public testing::TestWithParam<Setting> {};

INSTANTIATE_TEST_SUITE_P(
    Routes, CertificateSlack,
    testing::Values(
        Setting{"standard", Method::automatic, Certificate::probabilistic, AccuratePath::where_needed, 1e3},
        Setting{"two_stage_gram", Method::two_stage_gram, Certificate::probabilistic, AccuratePath::never, 1e3},
        Setting{"lapack_gram", Method::lapack_gram, Certificate::probabilistic, AccuratePath::never, 1e3},
        Setting{"accurate_path", Method::lapack_qr, Certificate::probabilistic, AccuratePath::where_needed, 1e3},
        // The driver keeps its bidiagonal matrix to itself: dqds is bounded a priori, which grows like k.
        Setting{"textbook", Method::gesdd, Certificate::probabilistic, AccuratePath::where_needed, 1e4},
        Setting{"worst_case", Method::automatic, Certificate::worst_case, AccuratePath::where_needed, 1e3},
        Setting{"worst_case_accurate", Method::lapack_qr, Certificate::worst_case, AccuratePath::where_needed, 1e3},
        Setting{"worst_case_textbook", Method::gesdd, Certificate::worst_case, AccuratePath::where_needed, 1e3},
        Setting{"worst_case_gram", Method::two_stage_gram, Certificate::worst_case, AccuratePath::never, 1e3}),
    [](const auto& info) { return info.param.name; });

TEST_P(CertificateSlack, IsNeverBelowOneAndItsMedianStaysSmall)
{
    const Setting& setting = GetParam();
    const Slack slack = slack_of(setting.method, setting.certificate, setting.path);
    std::cout << setting.name << ": " << slack.text() << '\n';
    EXPECT_EQ(slack.violations, 0);
    EXPECT_GE(slack.quantile(0), 1);
    EXPECT_LT(slack.quantile(0.5), setting.most_median);
}

/// |σ̂² − σ²| against δ of gram_certificate.hpp: how much of it any error used, for both reductions.
TEST(ReductionTerm, UsesASmallPartOfItsBound)
{
    spectrum::Workspace workspace;
    for (const Method method : {Method::two_stage_gram, Method::lapack_gram}) {
        double largest = 0, largest_unit = 0;
        std::string where;
        for (const Calibrated& calibrated : calibration_set()) {
            const spectrum::DenseMatrix& matrix = calibrated.one->matrix;
            spectrum::DenseSource source(matrix);
            spectrum::SpectrumRequest request;
            request.method = method;
            request.accurate_path = AccuratePath::never;
            const Spectrum computed = spectrum::compute_spectrum(source, request, workspace);
            const double head = computed.sigma[0] * computed.sigma[0];
            if (head == 0)
                continue;
            const std::int64_t pieces = (matrix.length() + 255) / spectrum::LongSide::piece_length;
            const double bound = spectrum::gram_eigenvalue_bound(
                {matrix.width(), pieces, head, computed.frobenius_squared}, Certificate::probabilistic);
            for (std::size_t k = 0; k < calibrated.sigma.size(); ++k) {
                const long double error = std::fabs(static_cast<long double>(computed.sigma[k]) * computed.sigma[k] -
                                                    calibrated.sigma[k] * calibrated.sigma[k]);
                // σ̂ = √max(0, λ̂) is rounded once: that is no error of the reduction.
                const long double rounding = 4 * spectrum::unit_roundoff * computed.sigma[k] * computed.sigma[k];
                const auto share = static_cast<double>((error - rounding) / bound);
                if (share > largest) {
                    largest = share;
                    largest_unit = static_cast<double>(error / head / spectrum::unit_roundoff);
                    where = calibrated.one->name;
                }
            }
        }
        std::cout << name(method)
                  << fmt::format(": at most {:.3f} of the bound, {:.1f} u sigma_1^2 ({})\n", largest, largest_unit,
                                 where);
        EXPECT_LT(largest, 0.5);
        EXPECT_GT(largest, 0);
    }
}

}  // namespace
}  // namespace specsweep::oracle
