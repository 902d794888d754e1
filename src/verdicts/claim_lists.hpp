#pragma once

#include <span>

#include "verdicts/claim.hpp"

namespace specsweep::verdicts {

/// Claims of arXiv 2602.00969 and the theorems it rests on.
std::span<const Claim> flattening_claims();

/// Its claims about embeddings and token statistics.
std::span<const Claim> embedding_claims();

/// Its claims about training steps.
std::span<const Claim> trajectory_claims();

/// Claims of LOCK-SpectralQuant and the theorems that replace them.
std::span<const Claim> lock_claims();

/// Its bound on what two layers, one after the other, do to the output.
std::span<const Claim> chain_claims();

/// Its claims about whole networks, and about which layers need bits.
std::span<const Claim> network_claims();

}  // namespace specsweep::verdicts
