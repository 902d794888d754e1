#pragma once

#include <span>
#include <string_view>

namespace specsweep::slurm {

/// A file of slurm/profiles or slurm/templates, compiled in.
struct BuiltinText {
    std::string_view name;  ///< "generic.yaml", "array.mustache"
    std::string_view text;
};

std::span<const BuiltinText> builtin_texts();

}  // namespace specsweep::slurm
