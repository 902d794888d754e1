#include "results/moment_list.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "results/layout.hpp"

namespace specsweep::results {

namespace {

namespace at = layout::moments;
using M = Moments;

constexpr std::array reals{
    RealMoment{at::frobenius_squared, "weight^2", "sum of the squared elements", &M::frobenius_squared, 1},
    RealMoment{at::frobenius_squared_error, "weight^2", "absolute error bound of that sum", &M::frobenius_squared_error,
               1},
    RealMoment{at::inner_product, "weight^2", "<reference, E>, E = quantized - reference", &M::inner_product, 1},
    RealMoment{at::error_frobenius_squared, "weight^2", "sum of the squared elements of E", &M::error_frobenius_squared,
               1},
    RealMoment{at::error_max, "weight", "largest |element| of E", &M::error_max, 1},
    RealMoment{at::weight_min, "weight", "smallest element of a reference", &M::weight_min, 2},
    RealMoment{at::weight_max, "weight", "largest element of a reference", &M::weight_max, 2},
    RealMoment{at::absolute_sum, "weight", "sum of |element| of a reference", &M::absolute_sum, 2},
    RealMoment{at::error_column_sum_max, "weight", "largest column sum of |element| of E", &M::error_column_sum_max, 2},
    RealMoment{at::error_row_sum_max, "weight", "largest row sum of |element| of E", &M::error_row_sum_max, 2},
    RealMoment{at::error_spectral_low, "weight", "guaranteed lower bound of the spectral norm of E, by Lanczos",
               &M::error_spectral_low, 2},
    RealMoment{at::error_spectral_high, "weight",
               "upper bound of the spectral norm of E, with probability at least 1 - 1e-12", &M::error_spectral_high,
               2},
    RealMoment{at::forward_error_rms, "1", "RMS of |Ex| over RMS of |Wx| for seeded x ~ N(0, I)", &M::forward_error_rms,
               2},
    RealMoment{at::forward_error_worst, "1", "largest |Ex| / |Wx| among them", &M::forward_error_worst, 2},
    RealMoment{at::cosine_mean, "1", "mean cosine of all pairs of rows (embeddings)", &M::cosine_mean, 2},
    RealMoment{at::cosine_mean_square, "1", "mean squared cosine of all pairs of rows", &M::cosine_mean_square, 2},
    RealMoment{at::cosine_share_1, "1", "share of sampled pairs with |cosine| < 1/sqrt(cols)", &M::cosine_share_1, 2},
    RealMoment{at::cosine_share_2, "1", "the same below 2/sqrt(cols)", &M::cosine_share_2, 2},
    RealMoment{at::cosine_share_3, "1", "the same below 3/sqrt(cols)", &M::cosine_share_3, 2},
    RealMoment{at::centred_cosine_mean, "1", "cosine_mean after the mean row was taken off", &M::centred_cosine_mean,
               2},
    RealMoment{at::centred_cosine_mean_square, "1", "cosine_mean_square after the mean row was taken off",
               &M::centred_cosine_mean_square, 2},
    RealMoment{at::centred_cosine_share_1, "1", "cosine_share_1 after the mean row was taken off",
               &M::centred_cosine_share_1, 2},
    RealMoment{at::centred_cosine_share_2, "1", "cosine_share_2 after the mean row was taken off",
               &M::centred_cosine_share_2, 2},
    RealMoment{at::centred_cosine_share_3, "1", "cosine_share_3 after the mean row was taken off",
               &M::centred_cosine_share_3, 2},
    RealMoment{at::zipf_exponent, "1", "a of p ~ k^-a of the token counts that weight the rows, over ranks 1 to cols",
               &M::zipf_exponent, 3},
};

constexpr std::array counts{
    CountMoment{at::zeroed, "elements that became zero", &M::zeroed, 1},
    CountMoment{at::clipped, "elements beyond the largest level of their block", &M::clipped, 1},
    CountMoment{at::cosine_rows, "rows of length above zero that the cosines are of", &M::cosine_rows, 2},
    CountMoment{at::cosine_pairs, "sampled pairs of rows", &M::cosine_pairs, 2},
};

namespace ex = layout::extended;
using X = metrics::ExtendedMoments;

constexpr std::array extendeds{
    ExtendedMoment{ex::farms_alpha, "1", "power-law exponent of the pooled spectra of square submatrices",
                   &X::farms_alpha},
    ExtendedMoment{ex::farms_alpha_mid, "1", "Hill's exponent from the upper half of the same", &X::farms_alpha_mid},
    ExtendedMoment{ex::farms_hill_alpha, "1", "Hill's exponent from the upper tenth", &X::farms_hill_alpha},
    ExtendedMoment{ex::farms_blocks, "1", "submatrices", &X::farms_blocks},
    ExtendedMoment{ex::shuffled_sigma_max, "weight", "largest singular value with the elements in random order",
                   &X::shuffled_sigma_max},
    ExtendedMoment{ex::shuffled_divergence, "1", "Jensen-Shannon distance of both spectra as distributions over k",
                   &X::shuffled_divergence},
    ExtendedMoment{ex::subspace_rank, "1", "dimension r of the leading subspaces", &X::subspace_rank},
    ExtendedMoment{ex::subspace_left_max, "rad", "largest principal angle of the left leading subspaces",
                   &X::subspace_left_max},
    ExtendedMoment{ex::subspace_left_mean, "rad", "mean of the r principal angles", &X::subspace_left_mean},
    ExtendedMoment{ex::subspace_right_max, "rad", "largest principal angle of the right leading subspaces",
                   &X::subspace_right_max},
    ExtendedMoment{ex::subspace_right_mean, "rad", "mean of the r principal angles", &X::subspace_right_mean},
    ExtendedMoment{ex::leading_left, "rad", "angle between the first left singular vectors", &X::leading_left},
    ExtendedMoment{ex::leading_right, "rad", "angle between the first right singular vectors", &X::leading_right},
};

}  // namespace

std::span<const RealMoment> real_moments()
{
    return reals;
}

std::span<const CountMoment> count_moments()
{
    return counts;
}

std::span<const ExtendedMoment> extended_moments()
{
    return extendeds;
}

const metrics::ExtendedMoments* kept_extended(const RareMoments& rare)
{
    const metrics::ExtendedMoments* const held = rare.extended.get();
    const bool any = held != nullptr && std::any_of(extendeds.begin(), extendeds.end(), [&](const ExtendedMoment& one) {
                         return !std::isnan(held->*one.member);
                     });
    return any ? held : nullptr;
}

}  // namespace specsweep::results
