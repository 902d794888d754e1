#include "checkpoint/slice.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

namespace specsweep::checkpoint {
namespace {

/// The index map written down from its definition, one row after another.
std::vector<std::int64_t> rows_by_definition(const Slice& slice)
{
    std::vector<std::int64_t> rows;
    for (std::int64_t group = 0; std::cmp_less(rows.size(), slice.rows); ++group)
        for (std::int64_t i = 0; i < slice.group_rows && std::cmp_less(rows.size(), slice.rows); ++i)
            rows.push_back(slice.first + group * slice.group_stride + i * slice.step);
    return rows;
}

template <class Visit>
void for_all_small_slices(Visit visit)
{
    for (const Orientation orientation : {Orientation::out_in, Orientation::in_out})
        for (std::int64_t axis = 1; axis <= 6; ++axis)
            for (std::int64_t other = 1; other <= 2; ++other)
                for (std::int64_t rows = 1; rows <= 6; ++rows)
                    for (std::int64_t first = 0; first <= 3; ++first)
                        for (std::int64_t group_rows = 1; group_rows <= 4; ++group_rows)
                            for (std::int64_t stride = 0; stride <= 5; ++stride)
                                for (std::int64_t step = 1; step <= 3; ++step) {
                                    const bool out_in = orientation == Orientation::out_in;
                                    visit(Slice{.name = "",
                                                .first_element = 0,
                                                .stored_rows = out_in ? axis : other,
                                                .stored_cols = out_in ? other : axis,
                                                .orientation = orientation,
                                                .rows = rows,
                                                .cols = other,
                                                .first = first,
                                                .group_rows = group_rows,
                                                .group_stride = stride,
                                                .step = step});
                                }
}

TEST(Slice, MapsRowsAsDefined)
{
    for_all_small_slices([](const Slice& slice) {
        const auto expected = rows_by_definition(slice);
        for (std::int64_t row = 0; row < slice.rows; ++row)
            ASSERT_EQ(slice.along(row), expected[static_cast<std::size_t>(row)]) << slice.canonical();
    });
}

TEST(Slice, FitsExactlyWhenEveryElementLiesInside)
{
    int inside = 0;
    for_all_small_slices([&](const Slice& slice) {
        const auto rows = rows_by_definition(slice);
        const std::int64_t extent = slice.orientation == Orientation::out_in ? slice.stored_rows : slice.stored_cols;
        const bool expected = *std::max_element(rows.begin(), rows.end()) < extent;
        inside += expected ? 1 : 0;
        ASSERT_EQ(fits(slice, {slice.stored_rows, slice.stored_cols}), expected) << slice.canonical();
        if (expected) {
            for (std::int64_t row = 0; row < slice.rows; ++row)
                for (std::int64_t col = 0; col < slice.cols; ++col) {
                    ASSERT_GE(slice.element(row, col), 0);
                    ASSERT_LT(slice.element(row, col), slice.stored_rows * slice.stored_cols);
                }
        }
    });
    EXPECT_GT(inside, 100);
}

TEST(Slice, HasOneTextForOneChoiceOfElements)
{
    using Choice = std::tuple<Orientation, std::int64_t, std::int64_t, std::vector<std::int64_t>>;
    std::map<Choice, std::string> text_of;
    std::map<std::string, Choice> choice_of;
    for_all_small_slices([&](const Slice& slice) {
        const Choice choice{slice.orientation, slice.stored_rows, slice.stored_cols, rows_by_definition(slice)};
        const std::string text = slice.canonical();
        ASSERT_EQ(text_of.emplace(choice, text).first->second, text);
        ASSERT_EQ(choice_of.emplace(text, choice).first->second, choice);
    });
    EXPECT_GT(text_of.size(), 100U);
}

TEST(Slice, NameIsNoPartOfTheIdentity)
{
    Slice a = Slice::whole(4, 6);
    Slice b = a;
    b.name = "query";
    EXPECT_EQ(a.canonical(), b.canonical());
    b.first_element = 24;
    EXPECT_NE(a.canonical(), b.canonical());
    EXPECT_NE(Slice::whole(4, 6).canonical(), Slice::whole(6, 4).canonical());
    EXPECT_NE(Slice::whole(4, 4).canonical(), Slice::whole(4, 4, Orientation::in_out).canonical());
}

TEST(Slice, WholePlaneIsTheMatrixOrItsTranspose)
{
    const Slice straight = Slice::whole(3, 5);
    EXPECT_EQ(straight.rows, 3);
    EXPECT_EQ(straight.element(2, 4), 14);
    const Slice turned = Slice::whole(3, 5, Orientation::in_out);
    EXPECT_EQ(turned.rows, 5);
    EXPECT_EQ(turned.cols, 3);
    EXPECT_EQ(turned.element(4, 2), 14);
    EXPECT_EQ(turned.element(1, 2), 11);
}

TEST(Slice, RefusesNumbersThatOverflow)
{
    constexpr std::int64_t huge = std::int64_t{1} << 62;
    Slice slice = Slice::whole(4, 6);
    EXPECT_TRUE(fits(slice, {4, 6}));
    EXPECT_FALSE(fits(slice, {4, 5}));
    EXPECT_FALSE(fits(slice, {huge, huge}));
    slice.first_element = huge;
    EXPECT_FALSE(fits(slice, {huge, 1}));
    slice = Slice::whole(4, 6);
    slice.group_rows = 2;
    slice.group_stride = std::int64_t{1} << 62;
    slice.rows = 6;
    EXPECT_FALSE(fits(slice, {4, 6}));
    slice = Slice::whole(4, 6);
    slice.group_rows = 0;
    EXPECT_FALSE(fits(slice, {4, 6}));
}

TEST(Slice, OrientationsHaveNames)
{
    EXPECT_EQ(parse_orientation("out_in"), Orientation::out_in);
    EXPECT_EQ(parse_orientation("in_out"), Orientation::in_out);
    EXPECT_EQ(parse_orientation("out"), std::nullopt);
    EXPECT_EQ(name(Orientation::in_out), "in_out");
}

}  // namespace
}  // namespace specsweep::checkpoint
