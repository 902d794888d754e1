#pragma once

#include <span>

#include "checkpoint/matrix.hpp"
#include "quantize/quantizer_text.hpp"
#include "sweep/fields.hpp"
#include "sweep/plan.hpp"

namespace specsweep::sweep {

/// Writes the fields of a matrix into the slots of the catalogue that are theirs. The values view into the arguments.
void fill_matrix_fields(std::span<FieldValue> row, const PlanCheckpoint&, const checkpoint::Matrix&);

/// The same for a quantizer: every parameter with its value, defaults included. @param canonical its canonical text
void fill_quantizer_fields(std::span<FieldValue> row, const FieldCatalogue&, const quantize::QuantizerText& resolved,
                           std::string_view canonical);

}  // namespace specsweep::sweep
