#include "spectrum/orthogonality.hpp"

#include <algorithm>

#include "linalg/symmetric_rank_update.hpp"
#include "spectrum/rounding_model.hpp"
#include "spectrum/twofold_product.hpp"

namespace specsweep::spectrum {

Orthogonality orthogonality(linalg::ConstMatrixView vectors, linalg::MatrixView product)
{
    for (std::int64_t j = 0; j < product.cols; ++j)
        std::fill_n(product.column(j), product.rows, 0.0);
    linalg::add_gram_lower(vectors, product);
    for (std::int64_t j = 0; j < product.cols; ++j) {
        product(j, j) -= 1;
        for (std::int64_t i = j + 1; i < product.rows; ++i)
            product(j, i) = product(i, j);
    }
    const double norm = frobenius_above(vectors);
    return {frobenius_above(product) + gamma_factor(static_cast<double>(vectors.rows + 1)) * norm * norm, norm};
}

}  // namespace specsweep::spectrum
