#pragma once

#include <span>

#include "base/builtin_text.hpp"

namespace specsweep::slurm {

/// The files of slurm/profiles and slurm/templates ("generic.yaml", "array.mustache").
std::span<const BuiltinText> builtin_texts();

}  // namespace specsweep::slurm
