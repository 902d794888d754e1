#include "measure/pair_moments.hpp"

#include <algorithm>

namespace specsweep::measure {

void accumulate(PairMoments& a, const PairMoments& b)
{
    a.inner_product += b.inner_product;
    a.error_frobenius_squared += b.error_frobenius_squared;
    a.error_max = std::max(a.error_max, b.error_max);
    a.row_sum_max = std::max(a.row_sum_max, b.row_sum_max);
    a.zeroed += b.zeroed;
    a.clipped += b.clipped;
}

}  // namespace specsweep::measure
