#include "sweep/survey.hpp"

#include <map>

#include "base/file.hpp"
#include "base/format.hpp"
#include "base/numerics_version.hpp"
#include "base/text.hpp"
#include "checkpoint/checkpoint.hpp"
#include "sweep/digest_cache.hpp"
#include "sweep/exclude_scope.hpp"
#include "sweep/point_fields.hpp"

namespace specsweep::sweep {

namespace {

using checkpoint::ArchitectureRegistry;
using checkpoint::Checkpoint;
using checkpoint::Matrix;

ArchitectureRegistry registry_of(const PlanOptions& options)
{
    ArchitectureRegistry registry = ArchitectureRegistry::builtin();
    for (const auto& file : options.architecture_files)
        registry = registry.extended_by(file);
    return registry;
}

/// A whole checkpoint, one matrix after another.
class CheckpointSurvey {
public:
    CheckpointSurvey(Plan& plan, DigestCache& digests, const Manifest& manifest)
        : plan_(plan), digests_(digests), manifest_(manifest)
    {
    }

    void add(const ManifestCheckpoint& entry, const Checkpoint& checkpoint)
    {
        const auto row = static_cast<std::int32_t>(plan_.checkpoints.size());
        plan_.checkpoints.push_back(
            {entry.id, entry.step, checkpoint.path().string(), checkpoint.inventory().model_type});
        for (const Matrix& matrix : checkpoint.inventory().matrices) {
            if (const auto rule = refuses(matrix)) {
                plan_.dropped.push_back({entry.id, matrix.name, "", *rule});
                continue;
            }
            plan_.matrices.push_back(located_matrix(row, matrix, checkpoint.tensor(matrix.tensor)));
        }
    }

private:
    std::optional<std::string> refuses(const Matrix& matrix)
    {
        if (const auto key = manifest_.matrices.refuses(matrix))
            return "matrices." + *key;
        row_.assign(manifest_.fields.size(), FieldValue());
        fill_matrix_fields(row_, plan_.checkpoints.back(), matrix);
        for (const ExcludeRule& rule : manifest_.exclude)
            if (scope_of(rule, manifest_.fields) == ExcludeScope::matrix && rule.condition.holds(row_))
                return rule.name;
        return std::nullopt;
    }

    PlanMatrix located_matrix(std::int32_t row, const Matrix& matrix, const checkpoint::TensorLocation& location)
    {
        PlanMatrix result;
        result.checkpoint = row;
        result.matrix = matrix;
        result.location = location;
        const auto [place, is_new] = stamps_.try_emplace(location.file.string());
        if (is_new)
            place->second = file_stamp(location.file);
        result.file_size = place->second.size;
        result.file_mtime_ns = place->second.modified_ns;
        result.content_digest = digest(location, place->second);
        return result;
    }

    /// Slices of a fused tensor come one after another: one digest for all.
    Digest128 digest(const checkpoint::TensorLocation& location, const FileStamp& stamp)
    {
        const auto [place, is_new] = tensors_.try_emplace({location.file.string(), location.offset});
        if (is_new)
            place->second = digests_.digest(location, stamp);
        return place->second;
    }

    Plan& plan_;
    DigestCache& digests_;
    const Manifest& manifest_;
    std::vector<FieldValue> row_;
    std::map<std::string, FileStamp> stamps_;
    std::map<std::pair<std::string, std::int64_t>, Digest128> tensors_;
};

Plan settings_of(const Manifest& manifest, const PlanOptions& options)
{
    Plan plan;
    plan.name = manifest.name;
    plan.tolerance = manifest.tolerance;
    plan.certificate = manifest.certificate;
    plan.seed = manifest.seed;
    plan.metrics = manifest.metrics;
    plan.numerics_version = numerics_version;
    plan.memory_per_rank = options.memory_per_rank;
    plan.cost_machine = options.machine.name;
    return plan;
}

[[noreturn]] void refuse_empty(const Manifest& manifest, const Plan& plan)
{
    std::map<std::string, std::int64_t> rules;
    for (const DroppedPoint& point : plan.dropped)
        ++rules[point.rule];
    std::vector<std::string> reasons;
    for (const auto& [rule, count] : rules)
        reasons.push_back(fmt::format("{} by {}", format_count(count), rule));
    throw UsageError(fmt::format("the sweep '{}' selects no matrix", manifest.name),
                     reasons.empty() ? "its checkpoints hold none" : "left out: " + join(reasons, ", "),
                     "`specsweep inspect CHECKPOINT` lists names and roles");
}

}  // namespace

Plan survey(const Manifest& manifest, const PlanOptions& options)
{
    const ArchitectureRegistry registry = registry_of(options);
    DigestCache digests(options.digest_cache);
    Plan plan = settings_of(manifest, options);
    for (const ManifestCheckpoint& entry : manifest.checkpoints) {
        CheckpointSurvey checkpoint(plan, digests, manifest);
        checkpoint.add(entry, Checkpoint::open(entry.path, registry));
    }
    digests.save();
    if (plan.matrices.empty())
        refuse_empty(manifest, plan);
    return plan;
}

}  // namespace specsweep::sweep
