#include "spectrum/orthogonal_route.hpp"

#include <algorithm>
#include <cmath>

#include "base/integer.hpp"
#include "base/scale.hpp"
#include "linalg/bidiagonal.hpp"
#include "linalg/leading_dimension.hpp"
#include "linalg/triangular_factor.hpp"
#include "spectrum/failure.hpp"
#include "spectrum/multisection.hpp"
#include "spectrum/rounding_model.hpp"
#include "spectrum/singular_residual.hpp"
#include "spectrum/square_sum.hpp"

namespace specsweep::spectrum {
namespace {

/// Sequential TSQR: the first k rows fill the square, whose triangle then swallows one piece after the other.
class Triangle {
public:
    Triangle(std::int64_t width, Workspace& workspace)
        : workspace_(workspace), ld_(linalg::padded_leading_dimension(width))
    {
        square_ = {workspace.doubles(Workspace::Slot::square, ld_ * width).data(), width, width, ld_};
    }

    void add(linalg::MatrixView piece)
    {
        const std::int64_t copied = std::min(piece.rows, square_.rows - filled_);
        for (std::int64_t j = 0; j < piece.cols; ++j)
            std::copy_n(piece.column(j), copied, square_.column(j) + filled_);
        filled_ += copied;
        const linalg::MatrixView rest = piece.block(copied, 0, piece.rows - copied, piece.cols);
        if (rest.rows == 0)
            return;
        if (!triangular_) {
            linalg::reduce_to_triangle(square_, scratch());
            triangular_ = true;
        }
        linalg::fold_into_triangle(square_, rest, scratch());
    }

    /// k × k with the singular values of W: the triangle, or W itself when it is square.
    linalg::MatrixView square() const { return square_; }
    linalg::Scratch scratch()
    {
        return [this](std::int64_t count) { return workspace_.doubles(Workspace::Slot::lapack, count); };
    }

private:
    Workspace& workspace_;
    std::int64_t ld_;
    linalg::MatrixView square_;
    std::int64_t filled_ = 0;
    bool triangular_ = false;
};

/// Scales by 2^(−exponent) such that the largest entry lies in [½, 1).
int scale_square(linalg::MatrixView square)
{
    double largest = 0;
    for (std::int64_t j = 0; j < square.cols; ++j)
        for (std::int64_t i = 0; i < square.rows; ++i)
            largest = std::max(largest, std::fabs(square(i, j)));
    int exponent = 0;
    std::frexp(largest, &exponent);
    for (std::int64_t j = 0; j < square.cols; ++j)
        for (std::int64_t i = 0; i < square.rows; ++i)
            square(i, j) = scale_by_power(square(i, j), -exponent);
    return exponent;
}

}  // namespace

double orthogonal_route_bound(std::int64_t width, std::int64_t length, double sigma_max, double frobenius,
                              Certificate certificate)
{
    const auto k = static_cast<double>(width);
    const std::int64_t extra = length - width;
    const auto steps = static_cast<double>(extra > 0 ? divide_up(extra, LongSide::piece_length) + 1 : 0);
    if (certificate == Certificate::probabilistic)
        return tail_factor(width) * unit_roundoff * sigma_max * std::sqrt(4 * k + 2 * k * steps);
    return (2 * k + k * steps) * gamma_factor(12 * (k + static_cast<double>(LongSide::piece_length))) * frobenius;
}

double expected_orthogonal_bound(std::int64_t width, std::int64_t length, double sigma_max, double frobenius,
                                 Certificate certificate)
{
    const bool measured = certificate == Certificate::worst_case && measures_singular_residual(length, width);
    return orthogonal_route_bound(width, length, sigma_max, frobenius,
                                  measured ? Certificate::probabilistic : certificate);
}

ScaledSpectrum orthogonal_spectrum(LongSide& matrix, Certificate certificate, Workspace& workspace)
{
    const std::int64_t k = matrix.width();
    SquareSum energy;
    Triangle triangle(k, workspace);
    matrix.for_each_piece([&](linalg::MatrixView piece) {
        energy.add(piece);
        triangle.add(piece);
    });
    if (!std::isfinite(energy.value()))
        throw NotFinite();

    ScaledSpectrum result;
    result.sigma.resize(static_cast<std::size_t>(k));
    result.error.resize(static_cast<std::size_t>(k));
    if (energy.value() == 0)
        return result;

    result.exponent = scale_square(triangle.square());
    result.frobenius_squared = std::ldexp(energy.value(), -2 * result.exponent);
    result.frobenius_squared_error = std::ldexp(energy.error_bound(), -2 * result.exponent);
    std::vector<double> superdiagonal(static_cast<std::size_t>(k));
    linalg::reduce_to_bidiagonal(triangle.square(), result.sigma, superdiagonal, triangle.scratch());
    const auto golub_kahan = ScaledTridiagonal::golub_kahan(result.sigma, superdiagonal);
    linalg::bidiagonal_singular_values(result.sigma, superdiagonal, triangle.scratch());

    if (certificate == Certificate::worst_case && measures_singular_residual(matrix.length(), k)) {
        const double bound = singular_residual_bound(matrix, result.exponent, result.sigma, workspace);
        std::fill(result.error.begin(), result.error.end(), bound);
        result.exponent += matrix.exponent();
        return result;
    }
    const double sigma_max = result.sigma.front();
    const double bound =
        orthogonal_route_bound(k, matrix.length(), sigma_max, std::sqrt(result.frobenius_squared), certificate);
    const std::vector<double> bidiagonal = verified_errors(golub_kahan, result.sigma, 16 * unit_roundoff * sigma_max);
    for (std::size_t i = 0; i < result.sigma.size(); ++i)
        result.error[i] = bound + bidiagonal[i];
    result.exponent += matrix.exponent();
    return result;
}

}  // namespace specsweep::spectrum
