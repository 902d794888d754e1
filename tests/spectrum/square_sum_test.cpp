#include "spectrum/square_sum.hpp"

#include <gtest/gtest.h>

#include "test_matrices.hpp"

namespace specsweep::spectrum {
namespace {

TEST(SquareSum, StaysWithinItsBoundOf80BitArithmetic)
{
    for (const MatrixFamily& family : all_families()) {
        const DenseMatrix matrix = family.make(211, 1000);  // row-major: a column-major 1000 × 211
        SquareSum sum;
        for (std::int64_t first = 0; first < 1000; first += 256)
            sum.add({matrix.values.data() + first, std::min<std::int64_t>(256, 1000 - first), 211, 1000});
        long double exact = 0;
        for (const double value : matrix.values)
            exact += static_cast<long double>(value) * value;
        EXPECT_LE(std::fabs(sum.value() - exact), sum.error_bound()) << family.name;
        EXPECT_LE(sum.error_bound(), static_cast<double>(exact) * 1e-14);
    }
}

}  // namespace
}  // namespace specsweep::spectrum
