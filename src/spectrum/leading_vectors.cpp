#include "spectrum/leading_vectors.hpp"

#include <algorithm>
#include <cmath>

#include "linalg/blas_library.hpp"
#include "linalg/dense_singular_values.hpp"
#include "linalg/leading_dimension.hpp"
#include "linalg/matrix_product.hpp"
#include "linalg/symmetric_eigen.hpp"

namespace specsweep::spectrum {
namespace {

using linalg::Transpose;

constexpr double smallest_kept = 1e-6;

/// B = A·V/σ, whose columns are the other side's vectors; brought to length one.
std::vector<double> other_side(Transpose transpose, linalg::ConstMatrixView a, const std::vector<double>& vectors,
                               std::int64_t rank)
{
    const std::int64_t length = transpose == Transpose::yes ? a.cols : a.rows;
    const std::int64_t inner = transpose == Transpose::yes ? a.rows : a.cols;
    std::vector<double> result(static_cast<std::size_t>(length * rank));
    linalg::multiply(1, transpose, a, Transpose::no, {vectors.data(), inner, rank, inner}, 0,
                     {result.data(), length, rank, length});
    for (std::int64_t j = 0; j < rank; ++j) {
        double* const column = result.data() + j * length;
        double squares = 0;
        for (std::int64_t i = 0; i < length; ++i)
            squares += column[i] * column[i];
        for (std::int64_t i = 0; i < length; ++i)
            column[i] /= std::sqrt(squares);
    }
    return result;
}

}  // namespace

LeadingVectors leading_vectors(const double* matrix, std::int64_t rows, std::int64_t cols, std::int64_t most,
                               Workspace& workspace)
{
    linalg::prepare_blas();
    const std::int64_t k = std::min(rows, cols);
    const linalg::ConstMatrixView a{matrix, cols, rows, cols};  // Wᵀ as it lies in memory
    const std::int64_t ld = linalg::padded_leading_dimension(k);
    const linalg::MatrixView gram{workspace.doubles(Workspace::Slot::square, ld * k).data(), k, k, ld};
    if (cols <= rows)
        linalg::multiply(1, Transpose::no, a, Transpose::yes, a, 0, gram);
    else
        linalg::multiply(1, Transpose::yes, a, Transpose::no, a, 0, gram);
    linalg::HeapScratch scratch;
    linalg::LargestEigenpairs found =
        linalg::largest_eigenpairs(gram, std::min(most, k), linalg::Eigenvectors::wanted, scratch.scratch());

    LeadingVectors result;
    result.rows = rows;
    result.cols = cols;
    for (const double lambda : found.values)
        if (lambda > 0 && lambda > smallest_kept * smallest_kept * found.values.front())
            result.sigma.push_back(std::sqrt(lambda));
    const std::int64_t rank = result.rank();
    found.vectors.resize(static_cast<std::size_t>(k * rank));
    if (cols <= rows) {
        result.left = other_side(Transpose::yes, a, found.vectors, rank);
        result.right = std::move(found.vectors);
    } else {
        result.right = other_side(Transpose::no, a, found.vectors, rank);
        result.left = std::move(found.vectors);
    }
    return result;
}

std::vector<double> principal_angles(const double* a, const double* b, std::int64_t length, std::int64_t rank)
{
    std::vector<double> product(static_cast<std::size_t>(rank * rank));
    const linalg::MatrixView c{product.data(), rank, rank, rank};
    linalg::multiply(1, Transpose::yes, {a, length, rank, length}, Transpose::no, {b, length, rank, length}, 0, c);
    std::vector<double> angles = linalg::singular_values_gesdd(c);
    for (double& value : angles)
        value = std::acos(std::min(1.0, value));
    return angles;
}

}  // namespace specsweep::spectrum
