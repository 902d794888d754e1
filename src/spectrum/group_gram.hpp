#pragma once

#include <memory>
#include <span>

#include "spectrum/gram_route.hpp"
#include "spectrum/group_gram_matrix.hpp"
#include "spectrum/multisection.hpp"
#include "spectrum/rank_group.hpp"
#include "spectrum/shared_pieces.hpp"

namespace specsweep::spectrum {

/// The Gram route on a group up to a matrix that one rank can find the values of: gram_route.hpp with G spread over the
/// ranks (group_gram_matrix.hpp), 4mn bytes received a rank, nothing of size k² anywhere.
struct CondensedGram {
    std::int64_t length = 0, width = 0, pieces = 0;
    std::unique_ptr<GroupGramMatrix> reduced = nullptr;         ///< nothing for the zero matrix
    double frobenius_squared = 0, frobenius_squared_error = 0;  ///< on rank 0, in the units of `reduced`
    int exponent = 0;                                           ///< σ in units of 2^exponent
};

/// @param method group_two_stage (own two stages), group_gram_panels (pdsytrd) or group_gram (pdsyttrd).
/// Collective; faults end it on every rank (peer_failure.hpp).
CondensedGram condense_gram(SharedPieces& matrix, const RankGroup& group, std::int64_t nb, Method method,
                            Workspace& workspace);

/// The values of T, ascending, on the rank that calls; not collective. @pre gram.reduced
std::vector<VerifiedEigenvalue> eigenvalues(const CondensedGram& gram);

/// With the certificate of one rank: the same sums, reflectors of the same kind. @param ascending of eigenvalues(),
/// none for the zero matrix. On rank 0. @throws SelfCheckFailure
ScaledSpectrum spectrum_of(const CondensedGram& gram, std::span<const VerifiedEigenvalue> ascending,
                           Certificate certificate);

}  // namespace specsweep::spectrum
