#include "measure/held_matrix.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "measure/stored_source.hpp"
#include "measure/unit_failure.hpp"
#include "stored_plane.hpp"

namespace specsweep::measure {
namespace {

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
