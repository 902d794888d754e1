#pragma once

namespace specsweep::spectrum {

/// Reflectors take a column as zero when the square of its norm is not above this.
///
/// Below it squares lose digits to underflow (at 2⁻¹⁰²² and below all of them): τ and v would no longer fit, and
/// I − τvvᵀ, which is applied to the whole trailing matrix, would not be orthogonal. Sparse matrices that fall into
/// parts that do not touch get there: what one part leaves in the columns of another is u, then u², u⁴, … of its size.
/// The matrices that are reduced have their largest entry in [1/4, 1) or a norm above that: leaving out a column of
/// norm 2⁻⁴⁶⁵ changes them by less than 1e-139, nothing beside u.
inline constexpr double negligible_square = 0x1p-930;

}  // namespace specsweep::spectrum
