#include "spectrum/dense_route.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/integer.hpp"
#include "linalg/dense_singular_values.hpp"
#include "spectrum/failure.hpp"
#include "spectrum/orthogonal_route.hpp"
#include "spectrum/rounding_model.hpp"
#include "spectrum/singular_residual.hpp"
#include "spectrum/square_sum.hpp"

namespace specsweep::spectrum {

ScaledSpectrum dense_spectrum(LongSide& matrix, Certificate certificate, Workspace& workspace)
{
    const std::int64_t length = matrix.length();
    const std::int64_t width = matrix.width();
    std::vector<double> all(checked_cast<std::size_t>(checked_multiply(length, width)));
    const linalg::MatrixView dense{all.data(), length, width, length};
    SquareSum energy;
    std::int64_t filled = 0;
    matrix.for_each_piece([&](linalg::MatrixView piece) {
        energy.add(piece);
        for (std::int64_t j = 0; j < piece.cols; ++j)
            std::copy_n(piece.column(j), piece.rows, dense.column(j) + filled);
        filled += piece.rows;
    });
    if (!std::isfinite(energy.value()))
        throw NotFinite();

    ScaledSpectrum result;
    result.frobenius_squared = energy.value();
    result.frobenius_squared_error = energy.error_bound();
    result.sigma.assign(static_cast<std::size_t>(width), 0.0);
    result.error.assign(static_cast<std::size_t>(width), 0.0);
    result.exponent = matrix.exponent();
    if (energy.value() == 0)
        return result;
    result.sigma = linalg::singular_values_gesdd(dense);
    if (certificate == Certificate::worst_case && measures_singular_residual(length, width)) {
        const double measured = singular_residual_bound(matrix, 0, result.sigma, workspace);
        std::fill(result.error.begin(), result.error.end(), measured);
        return result;
    }
    const double bound =
        orthogonal_route_bound(width, length, result.sigma.front(), std::sqrt(result.frobenius_squared), certificate);
    for (std::size_t k = 0; k < result.sigma.size(); ++k)
        result.error[k] = bound + 8 * static_cast<double>(width) * unit_roundoff * result.sigma[k];
    return result;
}

std::int64_t dense_route_bytes(std::int64_t rows, std::int64_t cols)
{
    return checked_multiply(8, checked_multiply(rows, cols));
}

}  // namespace specsweep::spectrum
