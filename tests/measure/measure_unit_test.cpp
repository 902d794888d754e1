#include "measure/measure_unit.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

#include "base/half.hpp"
#include "checkpoint/checkpoint.hpp"
#include "checkpoint/content_digest.hpp"
#include "measure/quantized_source.hpp"
#include "measure/unit_failure.hpp"
#include "quantize/registry.hpp"
#include "support/safetensors_writer.hpp"
#include "support/temporary_folder.hpp"

namespace specsweep::measure {
namespace {

/// A file with one F32 matrix, and what a plan would say of it.
class OneMatrix {
public:
    OneMatrix(std::int64_t rows, std::int64_t cols, unsigned seed) : values_(static_cast<std::size_t>(rows * cols))
    {
        std::mt19937 random(seed);
        std::normal_distribution<float> normal;
        for (float& value : values_)
            value = normal(random);
        slice_ = {.name = "",
                  .first_element = 0,
                  .stored_rows = rows,
                  .stored_cols = cols,
                  .orientation = checkpoint::Orientation::out_in,
                  .rows = rows,
                  .cols = cols,
                  .first = 0,
                  .group_rows = rows,
                  .group_stride = rows,
                  .step = 1};
        write();
    }

    void write()
    {
        SafetensorsWriter writer;
        writer.add("w", DType::f32, {slice_.rows, slice_.cols}, std::span<const float>(values_));
        const auto file = folder_ / "model.safetensors";
        writer.write(file);
        const auto bytes = static_cast<std::int64_t>(values_.size() * sizeof(float));
        const auto size = static_cast<std::int64_t>(std::filesystem::file_size(file));
        location_ = {.name = "w",
                     .file = file,
                     .offset = size - bytes,
                     .bytes = bytes,
                     .dtype = DType::f32,
                     .shape = {slice_.rows, slice_.cols}};
    }

    MatrixInput input() const
    {
        return {.key = 1,
                .location = &location_,
                .slice = &slice_,
                .content_digest = checkpoint::content_digest(location_)};
    }
    std::vector<float>& values() { return values_; }
    const checkpoint::TensorLocation& location() const { return location_; }
    const checkpoint::Slice& slice() const { return slice_; }

private:
    TemporaryFolder folder_;
    std::vector<float> values_;
    checkpoint::Slice slice_;
    checkpoint::TensorLocation location_;
};

std::string reason_of(UnitMeter& meter, const MatrixInput& input)
{
    try {
        meter.measure(input, "reference", {});
    } catch (const UnitFailure& failure) {
        return failure.reason();
    }
    return "no failure";
}

TEST(UnitMeter, EnergyAndMomentsFitTogether)
{
    OneMatrix matrix(300, 70, 1);
    UnitMeter meter;
    const auto reference = meter.measure(matrix.input(), "reference", {});
    const auto quantized = meter.measure(matrix.input(), "int:block=32", {});
    ASSERT_TRUE(quantized.moments);
    EXPECT_FALSE(reference.moments);
    // ‖W+E‖² = ‖W‖² + 2⟨W,E⟩ + ‖E‖²
    const double expected = reference.spectrum.frobenius_squared + 2 * quantized.moments->inner_product +
                            quantized.moments->error_frobenius_squared;
    EXPECT_NEAR(quantized.spectrum.frobenius_squared, expected, 1e-11 * expected);
    EXPECT_EQ(reference.spectrum.sigma.size(), 70U);
}

/// Rows asked for in other pieces, twice, or not at all: same values, same moments.
TEST(QuantizedSource, DoesNotDependOnHowItIsRead)
{
    OneMatrix matrix(700, 40, 2);
    for (const char* text : {"int:block=16", "uniform", "nvfp4"}) {
        const auto quantizer = quantize::make_quantizer(text);
        checkpoint::PanelReader reader(matrix.location(), matrix.slice());
        StoredSource stored(reader);
        const auto statistics = streamed_statistics(stored);
        QuantizedSource whole(stored, *quantizer, statistics);
        std::vector<float> all(700 * 40);
        whole.read(0, 700, all.data());
        QuantizedSource pieces(stored, *quantizer, statistics);
        std::vector<float> some(100 * 40);
        pieces.read(512, 100, some.data());
        pieces.read(200, 100, some.data());
        EXPECT_TRUE(std::equal(some.begin(), some.end(), all.begin() + 200 * 40)) << text;
        const PairMoments a = whole.moments();
        const PairMoments b = pieces.moments();
        EXPECT_EQ(a.error_frobenius_squared, b.error_frobenius_squared) << text;
        EXPECT_EQ(a.inner_product, b.inner_product) << text;
        EXPECT_EQ(a.zeroed, b.zeroed) << text;
        EXPECT_EQ(a.clipped, b.clipped) << text;
    }
}

TEST(UnitMeter, NamesTheWeightThatIsNotFinite)
{
    OneMatrix matrix(20, 30, 3);
    matrix.values()[7 * 30 + 11] = std::numeric_limits<float>::infinity();
    matrix.write();
    UnitMeter meter;
    EXPECT_EQ(reason_of(meter, matrix.input()), "unit:nonfinite-weight[7,11]=inf");
}

TEST(UnitMeter, NoticesChangedContent)
{
    OneMatrix matrix(20, 30, 4);
    MatrixInput input = matrix.input();
    input.content_digest.low ^= 1;
    UnitMeter meter;
    EXPECT_EQ(reason_of(meter, input), "unit:content-changed");
    EXPECT_EQ(reason_of(meter, input), "unit:content-changed") << "the second unit of the tensor, too";
}

TEST(UnitMeter, AFileThatIsGoneFailsTheUnit)
{
    OneMatrix matrix(20, 30, 5);
    const MatrixInput input = matrix.input();
    std::filesystem::remove(matrix.location().file);
    UnitMeter meter;
    EXPECT_EQ(reason_of(meter, input), "unit:unreadable");
}

}  // namespace
}  // namespace specsweep::measure
