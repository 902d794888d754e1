#pragma once

#include <span>
#include <string_view>

namespace specsweep::checkpoint {

/// One file of src/checkpoint/architectures as it was at build time.
struct ArchitectureText {
    std::string_view file, text;
};

/// Written by architectures/embed.cmake.
std::span<const ArchitectureText> builtin_architecture_texts();

}  // namespace specsweep::checkpoint
