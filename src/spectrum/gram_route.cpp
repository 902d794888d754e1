#include "spectrum/gram_route.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "linalg/leading_dimension.hpp"
#include "linalg/symmetric_rank_update.hpp"
#include "spectrum/band_reduction.hpp"
#include "spectrum/failure.hpp"
#include "spectrum/gram_certificate.hpp"
#include "spectrum/gram_residual.hpp"
#include "spectrum/multisection.hpp"
#include "spectrum/square_sum.hpp"
#include "spectrum/tridiagonal_route.hpp"

namespace specsweep::spectrum {
namespace {

/// The lower triangle of zeros, of padded_order(k): the own reduction wants whole blocks.
linalg::MatrixView zeroed_square(Workspace& workspace, std::int64_t k)
{
    const std::int64_t order = padded_order(k);
    const std::int64_t ld = linalg::padded_leading_dimension(order);
    const std::span<double> memory = workspace.doubles(Workspace::Slot::square, ld * order);
    for (std::int64_t j = 0; j < order; ++j)
        std::fill_n(memory.data() + j * ld + j, order - j, 0.0);
    return {memory.data(), order, order, ld};
}

/// Scales the lower triangle by 2^(−exponent), exponent such that the largest diagonal entry lies in [½, 1): LAPACK's
/// thresholds then lie where they do no harm, and scaling W by a power of two changes no bit of the result.
int scale_lower(linalg::MatrixView gram)
{
    double largest = 0;
    for (std::int64_t j = 0; j < gram.cols; ++j)
        largest = std::max(largest, gram(j, j));
    int exponent = 0;
    std::frexp(largest, &exponent);
    exponent += exponent % 2 != 0 ? 1 : 0;  // even: σ = √λ takes half of it
    const double scale = std::ldexp(1.0, -exponent);
    for (std::int64_t j = 0; j < gram.cols; ++j)
        for (std::int64_t i = j; i < gram.rows; ++i)
            gram(i, j) *= scale;
    return exponent;
}

std::vector<VerifiedEigenvalue> eigenvalues(linalg::MatrixView padded, std::int64_t k, Method method,
                                            Workspace& workspace)
{
    const auto order = static_cast<std::size_t>(padded.cols);
    std::vector<double> diagonal(order), subdiagonal(order);
    const auto size = static_cast<std::size_t>(k);
    if (method == Method::two_stage_gram)
        reduce_in_own_two_stages(padded, diagonal, subdiagonal, workspace);
    else
        reduce_by_lapack(padded.block(0, 0, k, k), std::span(diagonal).first(size), subdiagonal, workspace);
    return eigenvalues_by_multisection(
        ScaledTridiagonal(std::span(diagonal).first(size), std::span(subdiagonal).first(size)));
}

std::vector<double> values_of(std::span<const VerifiedEigenvalue> eigenvalues)
{
    std::vector<double> values;
    for (const VerifiedEigenvalue& one : eigenvalues)
        values.push_back(one.value);
    return values;
}

}  // namespace

ScaledSpectrum gram_spectrum(LongSide& matrix, Method method, Certificate certificate, Workspace& workspace)
{
    const std::int64_t k = matrix.width();
    const linalg::MatrixView padded = zeroed_square(workspace, k);
    const linalg::MatrixView gram = padded.block(0, 0, k, k);
    SquareSum energy;
    matrix.for_each_piece([&](linalg::MatrixView piece) {
        energy.add(piece);
        linalg::add_gram_lower(piece, gram);
    });
    if (!std::isfinite(energy.value()))
        throw NotFinite();

    ScaledSpectrum result;
    result.sigma.resize(static_cast<std::size_t>(k));
    result.error.resize(static_cast<std::size_t>(k));
    if (energy.value() == 0)
        return result;

    const int gram_exponent = scale_lower(gram);
    result.exponent = gram_exponent / 2;
    result.frobenius_squared = std::ldexp(energy.value(), -gram_exponent);
    result.frobenius_squared_error = std::ldexp(energy.error_bound(), -gram_exponent);
    const std::vector<VerifiedEigenvalue> ascending = eigenvalues(padded, k, method, workspace);
    const double bound = certificate == Certificate::worst_case
                             ? gram_residual_bound(matrix, gram_exponent, values_of(ascending),
                                                   energy.value() + energy.error_bound(), workspace)
                             : gram_eigenvalue_bound(
                                   {k, matrix.pieces(), ascending.back().value, result.frobenius_squared}, certificate);
    for (std::size_t i = 0; i < result.sigma.size(); ++i) {
        const VerifiedEigenvalue& lambda = ascending[ascending.size() - 1 - i];
        // A residual is of the values themselves, whatever they come from.
        const double delta = certificate == Certificate::worst_case ? bound : bound + lambda.error;
        result.sigma[i] = std::sqrt(std::max(0.0, lambda.value));
        result.error[i] = square_root_bound(lambda.value, delta);
        if (lambda.value + delta < 0)
            throw SelfCheckFailure("an eigenvalue of a Gram matrix is negative beyond its error bound");
    }
    result.exponent += matrix.exponent();
    return result;
}

}  // namespace specsweep::spectrum
