#pragma once

#include <span>

#include "spectrum/band_matrix.hpp"
#include "spectrum/simd.hpp"

namespace specsweep::spectrum {

/// QᵀBQ = T, band → tridiagonal, by Householder reflectors of length b (Haidar, Ltaief & Dongarra 2011; spectra.md §9).
///
/// Sweep s clears column s below its first subdiagonal and drives the bulge out at the bottom, block by block:
///   block 0:   reflector from B(s+1 : s+b+1, s);                      two-sided on the diagonal block below it
///   block k:   O = B(r : r+b, r−b : r), r = s + 1 + kb:  O ← O H_{k−1};  H_k from O's first column;  O ← H_k O;
///              two-sided on B(r : r+b, r : r+b)
/// Block k of sweep s+1 may follow once sweep s has left block k + 1: eight sweeps go in lockstep, two blocks apart, so
/// that the band passes through the cache once for eight sweeps. 6bn² flops.
///
/// @param diagonal, subdiagonal order() and order() − 1 places. B is destroyed.
void chase_bulges(const BandMatrix& band, std::span<double> diagonal, std::span<double> subdiagonal,
                  InstructionSet instructions = widest_instruction_set());

}  // namespace specsweep::spectrum
