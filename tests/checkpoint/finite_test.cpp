#include "checkpoint/finite.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "base/error.hpp"

namespace specsweep::checkpoint {
namespace {

template <class T>
class Finite : public ::testing::Test {
};
using Types = ::testing::Types<float, double>;
TYPED_TEST_SUITE(Finite, Types);

TYPED_TEST(Finite, FindsEachKindAtEachPlace)
{
    using T = TypeParam;
    using Limits = std::numeric_limits<T>;
    constexpr std::int64_t cols = 7;
    for (const T bad : {Limits::infinity(), -Limits::infinity(), Limits::quiet_NaN()})
        for (std::size_t place = 0; place < 21; ++place) {
            std::vector<T> panel(21, T{1});
            panel[place] = bad;
            const auto found = first_nonfinite(std::span<const T>(panel), cols, 100);
            ASSERT_TRUE(found.has_value());
            EXPECT_EQ(found->row, 100 + static_cast<std::int64_t>(place) / cols);
            EXPECT_EQ(found->col, static_cast<std::int64_t>(place) % cols);
            EXPECT_EQ(std::isnan(found->value), std::isnan(bad));
            EXPECT_TRUE(std::isnan(bad) || found->value == static_cast<double>(bad));
        }
}

TYPED_TEST(Finite, TakesTheFirstOfSeveral)
{
    using T = TypeParam;
    std::vector<T> panel(12, T{0});
    panel[11] = panel[7] = panel[6] = std::numeric_limits<T>::infinity();
    const auto found = first_nonfinite(std::span<const T>(panel), 4, 0);
    ASSERT_TRUE(found.has_value());
    EXPECT_EQ(found->row, 1);
    EXPECT_EQ(found->col, 2);
}

TYPED_TEST(Finite, AcceptsEveryFiniteValue)
{
    using T = TypeParam;
    using Limits = std::numeric_limits<T>;
    const std::vector<T> panel{0,
                               -T{0},
                               Limits::max(),
                               Limits::lowest(),
                               Limits::min(),
                               -Limits::min(),
                               Limits::denorm_min(),
                               -Limits::denorm_min()};
    EXPECT_FALSE(first_nonfinite(std::span<const T>(panel), 4, 0).has_value());
    EXPECT_FALSE(first_nonfinite(std::span<const T>(), 4, 0).has_value());
}

TYPED_TEST(Finite, RefusesHalfRows)
{
    const std::vector<TypeParam> panel(7, TypeParam{0});
    EXPECT_THROW(first_nonfinite(std::span<const TypeParam>(panel), 4, 0), InternalError);
    EXPECT_THROW(first_nonfinite(std::span<const TypeParam>(panel), 0, 0), InternalError);
}

}  // namespace
}  // namespace specsweep::checkpoint
