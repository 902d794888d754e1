#include "cost/cost_model.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"

namespace specsweep::cost {
namespace {

/// Measured times of dsyrk + dsytrd + dsterf that stand in spectra.md §9 as fraction of (mn² + 4/3 n³)/50 GF/s.
struct Measured {
    std::int64_t m, n;
    double fraction;
    double seconds() const
    {
        const double rows = static_cast<double>(m);
        const double cols = static_cast<double>(n);
        return (rows * cols * cols + 4.0 / 3 * cols * cols * cols) / 50e9 / fraction;
    }
};

class ShippedConstants : public testing::TestWithParam<Measured> {};

TEST_P(ShippedConstants, AreWithinAThirdOfTheMeasurementsTheyComeFrom)
{
    const double predicted = predicted_seconds(GetParam().m, GetParam().n, "gram-lapack");
    EXPECT_GT(predicted, GetParam().seconds() / 1.34);
    EXPECT_LT(predicted, GetParam().seconds() * 1.34);
}

INSTANTIATE_TEST_SUITE_P(Zen4, ShippedConstants,
                         testing::Values(Measured{384, 384, 0.45}, Measured{768, 768, 0.59}, Measured{1024, 1024, 0.56},
                                         Measured{2048, 2048, 0.55}, Measured{4096, 4096, 0.40},
                                         Measured{3072, 768, 0.70}, Measured{8192, 2048, 0.67},
                                         Measured{16384, 4096, 0.57}));

/// Thread seconds of the own engine, one by one on the machine of the shipped constants (docs/accuracy.md, Speed).
TEST(PredictedSeconds, OfTheOwnEngineAreWithinAFifthOfWhatWasMeasured)
{
    struct {
        std::int64_t m, n;
        double seconds;
    } const measured[] = {{1536, 384, 0.0080},  {768, 768, 0.0281},   {3072, 768, 0.0575},
                          {2048, 2048, 0.4537}, {5632, 2048, 0.7496}, {4096, 4096, 3.384}};
    for (const auto& [m, n, seconds] : measured) {
        const double predicted = predicted_seconds(m, n, "gram-two-stage");
        EXPECT_GT(predicted, seconds / 1.2) << m << " x " << n;
        EXPECT_LT(predicted, seconds * 1.2) << m << " x " << n;
    }
    EXPECT_NEAR(predicted_seconds(4096, 4096, "lanczos"), 0.15, 0.03);  // 0.136 in 22 passes, and reading
}

/// Seconds of units of Gaussian fp32 weights with `certificate: worst-case`, less those of the same without.
TEST(PredictedResidualSeconds, AreWithinAQuarterOfWhatWasMeasured)
{
    struct {
        std::int64_t m, n;
        double seconds;
    } const measured[] = {
        {384, 384, 0.0267}, {1536, 384, 0.0388}, {768, 768, 0.182}, {3072, 768, 0.276}, {2048, 2048, 3.194}};
    for (const auto& [m, n, seconds] : measured) {
        const double predicted = predicted_residual_seconds(m, n, "gram-two-stage");
        EXPECT_GT(predicted, seconds / 1.25) << m << " x " << n;
        EXPECT_LT(predicted, seconds * 1.25) << m << " x " << n;
    }
    const decltype(measured) of_the_matrix = {
        {384, 384, 0.0472}, {1536, 384, 0.145}, {768, 768, 0.329}, {3072, 768, 1.05}, {2048, 2048, 6.87}};
    for (const auto& [m, n, seconds] : of_the_matrix) {
        const double predicted = predicted_residual_seconds(m, n, "qr-lapack");
        EXPECT_GT(predicted, seconds / 1.25) << m << " x " << n;
        EXPECT_LT(predicted, seconds * 1.25) << m << " x " << n;
    }
    EXPECT_EQ(predicted_residual_seconds(151936, 896, "qr-lapack"), 0);
    EXPECT_EQ(predicted_residual_seconds(768, 768, "lanczos"), 0);
}

/// Seconds of whole units (bench: all-MiniLM-L6-v2 and the two small models, one rank, metrics: extended less full).
TEST(PredictedAngleSeconds, OfAllPairsAreWithinAThirdOfWhatWasMeasured)
{
    struct {
        std::int64_t rows, cols;
        double seconds;
    } const measured[] = {{30522, 384, 4.02}, {1024, 128, 0.030}, {1024, 192, 0.035}};
    for (const auto& [rows, cols, seconds] : measured) {
        const double sampled = predicted_angle_seconds(rows, cols);
        const double all = predicted_angle_seconds(rows, cols, shipped_constants(), AnglePairs::all);
        const double pairs = all - sampled + 2 * 1e5 * 1e-7;  // the sampled ones are not counted twice
        EXPECT_GT(pairs, seconds / 1.34) << rows << " x " << cols;
        EXPECT_LT(pairs, seconds * 1.34) << rows << " x " << cols;
    }
}

TEST(PredictedAngleSeconds, AreOfAtMost8192Rows)
{
    const auto pairs = [](std::int64_t rows, std::int64_t cols) {
        return predicted_angle_seconds(rows, cols, shipped_constants(), AnglePairs::all) -
               predicted_angle_seconds(rows, cols);
    };
    EXPECT_NEAR(pairs(8192, 384), pairs(151936, 384), 1e-6);
    EXPECT_NEAR(pairs(151936, 8192) / pairs(1024, 8192), 1, 1e-6);  // 32 MiB hold 1024 rows
    EXPECT_LT(pairs(4096, 384), pairs(8192, 384) / 3.9);
    EXPECT_EQ(predicted_angle_seconds(0, 0, shipped_constants(), AnglePairs::all), 0);
}

TEST(PredictedSeconds, AreThoseOfTheTransposedMatrix)
{
    EXPECT_EQ(predicted_seconds(3072, 768, "gram-lapack"), predicted_seconds(768, 3072, "gram-lapack"));
}

TEST(PredictedSeconds, GrowWithEveryDimension)
{
    for (const char* solver : {"gram-two-stage", "gram-lapack", "qr-lapack", "lanczos"}) {
        EXPECT_LT(predicted_seconds(100, 100, solver), predicted_seconds(101, 100, solver));
        EXPECT_LT(predicted_seconds(2000, 1000, solver), predicted_seconds(2000, 1001, solver));
        EXPECT_GT(predicted_seconds(0, 5, solver), 0);
    }
}

TEST(PredictedSeconds, SayThatTheAccuratePathIsSlower)
{
    EXPECT_GT(predicted_seconds(2048, 2048, "qr-lapack"), 1.5 * predicted_seconds(2048, 2048, "gram-lapack"));
}

TEST(PredictedSeconds, RefuseASolverWithoutAModel)
{
    EXPECT_THROW(predicted_seconds(2, 2, "magic"), InternalError);
    EXPECT_THROW(predicted_bytes(2, 2, "magic"), InternalError);
}

TEST(PredictedBytes, AreEightKSquaredAndPanels)
{
    const std::int64_t fixed = predicted_bytes(0, 0, "gram-lapack");
    EXPECT_EQ(predicted_bytes(1, 1, "gram-lapack") - fixed, 8 + 32);
    EXPECT_EQ(predicted_bytes(50257, 768, "gram-lapack") - fixed, 8 * 768 * 768 + 32 * 256 * 768);
    EXPECT_EQ(predicted_bytes(16384, 53248, "gram-lapack") - fixed, 2147483648 + 32 * 256 * 53248);
    EXPECT_EQ(predicted_bytes(16384, 53248, "gram-two-stage"), predicted_bytes(16384, 53248, "gram-lapack"));
}

TEST(PredictedBytes, OverflowIsAnError)
{
    EXPECT_THROW(predicted_bytes(std::int64_t{1} << 40, std::int64_t{1} << 40, "gram-lapack"), InternalError);
}

TEST(Calibration, ReadsWhatItWrote)
{
    MachineConstants constants = shipped_constants();
    constants.name = "a \"quoted\" machine";
    constants.unit_seconds = 0.1 + 0.2;
    const MachineConstants read = constants_from_json(constants_to_json(constants), "file");
    EXPECT_EQ(read.name, constants.name);
    EXPECT_EQ(read.unit_seconds, constants.unit_seconds);
    EXPECT_EQ(predicted_seconds(70, 60, "qr-lapack", read), predicted_seconds(70, 60, "qr-lapack", constants));
}

TEST(Calibration, RefusesWhatIsNotOne)
{
    const auto message = [](std::string text) {
        try {
            constants_from_json(text, "c.json");
        } catch (const UsageError& error) {
            return std::string(error.what());
        }
        return std::string("accepted");
    };
    std::string text = constants_to_json(shipped_constants());
    EXPECT_EQ(message("[]").find("c.json is not a calibration file"), 0u);
    const auto unknown = message(text.replace(text.find("read_seconds"), 12, "raed_seconds"));
    EXPECT_NE(unknown.find("did you mean 'read_seconds'"), std::string::npos) << unknown;
    EXPECT_NE(message(R"({"name":"x"})").find("must be a positive number"), std::string::npos);
    EXPECT_NE(message(R"({})").find("`name` is missing"), std::string::npos);
}

}  // namespace
}  // namespace specsweep::cost
