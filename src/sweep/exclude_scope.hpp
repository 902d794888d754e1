#pragma once

#include <algorithm>

#include "sweep/manifest.hpp"

namespace specsweep::sweep {

/// What a rule looks at: matrix fields only (the matrix leaves the sweep with its reference), quantizer fields only,
/// both.
enum class ExcludeScope { matrix, quantizer, point };

inline ExcludeScope scope_of(const ExcludeRule& rule, const FieldCatalogue& fields)
{
    const auto slots = rule.condition.slots();
    const auto of_matrix = [&](std::size_t slot) { return slot < fields.matrix_fields(); };
    if (std::all_of(slots.begin(), slots.end(), of_matrix))
        return ExcludeScope::matrix;
    return std::any_of(slots.begin(), slots.end(), of_matrix) ? ExcludeScope::point : ExcludeScope::quantizer;
}

}  // namespace specsweep::sweep
