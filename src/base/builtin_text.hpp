#pragma once

#include <string_view>

namespace specsweep {

/// A data file of the source tree, compiled in by specsweep_embed() (cmake/SpecsweepEmbed.cmake).
struct BuiltinText {
    std::string_view file;  ///< its name without the folder
    std::string_view text;
};

}  // namespace specsweep
