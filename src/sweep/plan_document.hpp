#pragma once

#include <string>
#include <string_view>

#include "base/json_forward.hpp"
#include "sweep/plan.hpp"

namespace specsweep::sweep {

/// The plan as the JSON object that its text holds (docs/manifest.md), without `cut_sha256`.
Json plan_document(const Plan&);

/// @throws UsageError without a name of the source: not a plan, a version this program does not read.
void require_plan_document(const Json& document);

/// Reads the tables and seals; hashes are computed, not compared. @throws Json::exception, UsageError, InternalError.
Plan plan_from_document(const Json& document);

/// SHA-256 of the canonical text of that object: covers every byte of meaning in a plan's text.
std::string cut_sha256(const Json& document);

}  // namespace specsweep::sweep
