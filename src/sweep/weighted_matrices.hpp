#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "checkpoint/token_counts.hpp"
#include "sweep/plan.hpp"

namespace specsweep::sweep {

/// "…#token_weighted" and "…#token_weighted_centred": the matrices that token counts add to an embedding.
std::vector<PlanMatrix> weighted_matrices(const PlanMatrix& embedding, std::int32_t counts);

/// The counts fit this matrix: it is a token embedding with a row for each of them.
bool counts_fit(const checkpoint::Matrix& matrix, const checkpoint::TokenCounts& counts);

/// The name of the stored matrix that a quantizer acts on: without "#token_weighted…".
std::string_view stored_name(const PlanMatrix& matrix);

}  // namespace specsweep::sweep
