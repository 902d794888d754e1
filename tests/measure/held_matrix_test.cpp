#include "measure/held_matrix.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "measure/stored_source.hpp"
#include "measure/unit_failure.hpp"
#include "support/safetensors_writer.hpp"
#include "support/temporary_folder.hpp"

namespace specsweep::measure {
namespace {

/// A stored [rows, cols] plane of zeros but for what a test puts into it.
class StoredPlane {
public:
    StoredPlane(std::int64_t rows, std::int64_t cols, checkpoint::Orientation orientation)
        : values_(static_cast<std::size_t>(rows * cols)), stored_rows_(rows), stored_cols_(cols)
    {
        for (std::size_t i = 0; i < values_.size(); ++i)
            values_[i] = static_cast<float>(i % 1009);
        const bool straight = orientation == checkpoint::Orientation::out_in;
        const std::int64_t logical_rows = straight ? rows : cols;
        slice_ = {.name = "",
                  .first_element = 0,
                  .stored_rows = rows,
                  .stored_cols = cols,
                  .orientation = orientation,
                  .rows = logical_rows,
                  .cols = straight ? cols : rows,
                  .first = 0,
                  .group_rows = logical_rows,
                  .group_stride = logical_rows,
                  .step = 1};
    }

    float& at(std::size_t element) { return values_[element]; }

    checkpoint::PanelReader reader()
    {
        SafetensorsWriter writer;
        writer.add("w", DType::f32, {stored_rows_, stored_cols_}, std::span<const float>(values_));
        const auto file = folder_ / "model.safetensors";
        writer.write(file);
        const auto bytes = static_cast<std::int64_t>(values_.size() * sizeof(float));
        return {{.name = "w",
                 .file = file,
                 .offset = static_cast<std::int64_t>(std::filesystem::file_size(file)) - bytes,
                 .bytes = bytes,
                 .dtype = DType::f32,
                 .shape = {stored_rows_, stored_cols_}},
                slice_};
    }

private:
    TemporaryFolder folder_;
    std::vector<float> values_;
    std::int64_t stored_rows_, stored_cols_;
    checkpoint::Slice slice_;
};

class EitherOrientation : public ::testing::TestWithParam<checkpoint::Orientation> {};
INSTANTIATE_TEST_SUITE_P(All, EitherOrientation,
                         ::testing::Values(checkpoint::Orientation::out_in, checkpoint::Orientation::in_out));

TEST_P(EitherOrientation, GivesWhatTheFileGives)
{
    StoredPlane plane(300, 70, GetParam());
    checkpoint::PanelReader reader = plane.reader();
    StoredSource from_file(reader);
    HeldMatrix held;
    StoredSource from_memory(reader, held, 1);
    EXPECT_EQ(from_file.rows_in_memory(0), nullptr);
    ASSERT_NE(from_memory.rows_in_memory(0), nullptr);
    const auto elements = static_cast<std::size_t>(10 * reader.cols());
    std::vector<float> expected(elements), found(elements);
    from_file.read(60, 10, expected.data());
    from_memory.read(60, 10, found.data());
    EXPECT_EQ(found, expected);
    std::vector<double> widened(elements);
    from_memory.read(60, 10, widened.data());
    EXPECT_TRUE(std::equal(widened.begin(), widened.end(), expected.begin()));
}

TEST(HeldMatrix, IsReadOnceAndChangesWithItsKey)
{
    StoredPlane first(4, 4, checkpoint::Orientation::out_in);
    StoredPlane second(4, 4, checkpoint::Orientation::out_in);
    second.at(5) = -7;
    checkpoint::PanelReader one = first.reader();
    checkpoint::PanelReader two = second.reader();
    HeldMatrix held;
    EXPECT_EQ(held.rows(1, one)[5], 5.0F);
    EXPECT_EQ(held.rows(1, two)[5], 5.0F) << "the key says that it is the same matrix: nothing is read";
    EXPECT_EQ(held.rows(2, two)[5], -7.0F);
    EXPECT_EQ(held.rows(1, one)[5], 5.0F);
}

TEST(HeldMatrix, HoldsNothingAfterAWeightThatIsNotFinite)
{
    StoredPlane plane(600, 4, checkpoint::Orientation::out_in);
    plane.at(599 * 4 + 2) = std::numeric_limits<float>::quiet_NaN();
    checkpoint::PanelReader reader = plane.reader();
    HeldMatrix held;
    for (int attempt = 0; attempt < 2; ++attempt)
        try {
            held.rows(1, reader);
            FAIL() << "attempt " << attempt;
        } catch (const UnitFailure& failure) {
            EXPECT_EQ(failure.reason(), "unit:nonfinite-weight[599,2]=nan");
        }
}

TEST(HeldMatrix, LeavesLargeMatricesInTheFile)
{
    constexpr std::int64_t most_rows = HeldMatrix::most_bytes / 4 / 1024;
    StoredPlane fits(most_rows, 1024, checkpoint::Orientation::out_in);
    StoredPlane exceeds(most_rows + 1, 1024, checkpoint::Orientation::out_in);
    EXPECT_TRUE(HeldMatrix::can_hold(fits.reader()));
    EXPECT_FALSE(HeldMatrix::can_hold(exceeds.reader()));
}

}  // namespace
}  // namespace specsweep::measure
