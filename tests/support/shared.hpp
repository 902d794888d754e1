#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <optional>

namespace specsweep {

/// Where `models/` and `reference/` are: SPECSWEEP_SHARED, by default `../shared` beside the source folder.
std::filesystem::path shared_root();

/// A file or folder below it, or nullopt when this machine does not have it.
std::optional<std::filesystem::path> shared_path(const std::filesystem::path& relative);

}  // namespace specsweep

/// Declares the path `variable`, or shows the test as skipped: `SPECSWEEP_REQUIRE_SHARED(model,
/// "models/all-MiniLM-L6-v2");`
#define SPECSWEEP_REQUIRE_SHARED(variable, relative)                                                     \
    const std::optional<std::filesystem::path> variable##_if_there = ::specsweep::shared_path(relative); \
    if (!variable##_if_there)                                                                            \
        GTEST_SKIP() << (relative) << " is not in " << ::specsweep::shared_root();                       \
    const std::filesystem::path variable = *variable##_if_there
