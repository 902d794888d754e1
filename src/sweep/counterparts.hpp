#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "checkpoint/architecture_registry.hpp"
#include "sweep/plan.hpp"

namespace specsweep::sweep {

/// The other checkpoints of a manifest's `checkpoint:path=…` quantizers, each opened and digested once. Its matrices
/// are matched with those of the plan by name and shape.
class Counterparts {
public:
    /// @param plan gets the counterparts; its matrices are known.  @param folder what relative paths start from.
    Counterparts(Plan& plan, std::filesystem::path folder, checkpoint::ArchitectureRegistry registry)
        : plan_(plan), folder_(std::move(folder)), registry_(std::move(registry))
    {
    }

    /// Reads every matrix of the checkpoint at `path` once; warns of what it lacks.  @throws as Checkpoint::open();
    /// UsageError where nothing is.
    std::string digest(const std::string& path);

private:
    std::filesystem::path place(const std::string& path) const;
    void warn_of_differences(const PlanCounterpart& counterpart) const;

    Plan& plan_;
    std::filesystem::path folder_;
    checkpoint::ArchitectureRegistry registry_;
    std::map<std::string, std::string> digests_;  ///< by path
};

/// The counterpart behind a canonical quantizer text; nullptr for other formats and unknown digests.
const PlanCounterpart* counterpart_of(const Plan& plan, std::string_view quantizer);

/// Why `quantizer` has no Ŵ for the matrix; nothing when it has.
std::optional<std::string> counterpart_refusal(const Plan& plan, std::string_view quantizer, const PlanMatrix& planned);

}  // namespace specsweep::sweep
