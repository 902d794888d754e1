#pragma once

#include <filesystem>

#include "cli/options.hpp"
#include "sweep/manifest.hpp"
#include "sweep/plan.hpp"

namespace specsweep::cli {

/// Declares what a plan depends on besides its manifest: --memory-per-rank, --ranks, --architecture, ….
void declare_plan_options(Options& options);

/// A plan that was written before, or the plan of a manifest, by what the file holds. Not collective.
/// @throws UsageError, InputError, IoError
sweep::Plan load_plan(const std::filesystem::path& manifest_or_plan, const Options& options);

/// The text of that plan: of a plan file as it is, so that reading it may be left to others.
std::string load_plan_text(const std::filesystem::path& manifest_or_plan, const Options& options);

/// The plan of an already parsed manifest under the same options.
sweep::Plan plan_of(const sweep::Manifest& manifest, const Options& options);

}  // namespace specsweep::cli
