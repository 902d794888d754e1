#include "sweep/survey.hpp"

#include <algorithm>
#include <map>

#include "base/file.hpp"
#include "base/format.hpp"
#include "base/log.hpp"
#include "base/numerics_version.hpp"
#include "base/text.hpp"
#include "checkpoint/checkpoint.hpp"
#include "sweep/digest_cache.hpp"
#include "sweep/exclude_scope.hpp"
#include "sweep/point_fields.hpp"
#include "sweep/weighted_matrices.hpp"

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
    CheckpointSurvey(Plan& plan, DigestCache& digests, const Manifest& manifest,
                     std::vector<checkpoint::TokenCounts>& counts)
        : plan_(plan), digests_(digests), manifest_(manifest), counts_(counts)
    {
    }

    void add(const ManifestCheckpoint& entry, const Checkpoint& checkpoint)
    {
        const auto row = static_cast<std::int32_t>(plan_.checkpoints.size());
        plan_.checkpoints.push_back(
            {entry.id, entry.step, checkpoint.path().string(), checkpoint.inventory().model_type});
        const std::optional<std::int32_t> counts = counts_of(entry, checkpoint);
        for (const Matrix& matrix : checkpoint.inventory().matrices) {
            std::vector<PlanMatrix> candidates(1);
            candidates.front().matrix = matrix;
            if (counts && counts_fit(matrix, counts_[static_cast<std::size_t>(*counts)]))
                for (PlanMatrix& derived : weighted_matrices(candidates.front(), *counts))
                    candidates.push_back(std::move(derived));
            for (PlanMatrix& candidate : candidates)
                if (const auto rule = refuses(candidate.matrix))
                    plan_.dropped.push_back({entry.id, candidate.matrix.name, "", *rule});
                else
                    plan_.matrices.push_back(located(row, std::move(candidate), checkpoint.tensor(matrix.tensor)));
        }
    }

private:
    /// Row of the plan's table of counts, for a checkpoint that names a file of them.
    std::optional<std::int32_t> counts_of(const ManifestCheckpoint& entry, const Checkpoint& checkpoint)
    {
        if (!entry.token_counts)
            return std::nullopt;
        const std::string path = entry.token_counts->string();
        auto known = std::find_if(plan_.token_counts.begin(), plan_.token_counts.end(),
                                  [&](const PlanTokenCounts& counts) { return counts.path == path; });
        if (known == plan_.token_counts.end()) {
            counts_.push_back(checkpoint::read_token_counts(path));
            known = plan_.token_counts.insert(known, {path, counts_.back().digest()});
        }
        const auto row = known - plan_.token_counts.begin();
        require_fit(entry, checkpoint, counts_[static_cast<std::size_t>(row)]);
        return static_cast<std::int32_t>(row);
    }

    static void require_fit(const ManifestCheckpoint& entry, const Checkpoint& checkpoint,
                            const checkpoint::TokenCounts& counts)
    {
        const auto& matrices = checkpoint.inventory().matrices;
        const auto fits = std::find_if(matrices.begin(), matrices.end(),
                                       [&](const Matrix& matrix) { return counts_fit(matrix, counts); });
        if (fits == matrices.end())
            throw entry.node.error(
                fmt::format("the token counts in {} do not fit {}", entry.token_counts->string(), entry.id),
                fmt::format("they are of {} tokens, and no embedding there has as many rows", counts.counts.size()),
                "count with the tokenizer of that model");
        if (std::ssize(counts.counts) < fits->slice.rows)
            log_warning("{}: {} has {} rows, {} tokens are counted; the others weigh nothing", entry.id, fits->name,
                        fits->slice.rows, counts.counts.size());
    }

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

    PlanMatrix located(std::int32_t row, PlanMatrix result, const checkpoint::TensorLocation& location)
    {
        result.checkpoint = row;
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
    std::vector<checkpoint::TokenCounts>& counts_;  ///< of plan_.token_counts
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

/// @throws InputError with the place in the manifest
Checkpoint open_checkpoint(const ManifestCheckpoint& entry, const ArchitectureRegistry& registry)
{
    try {
        return Checkpoint::open(entry.path, registry);
    } catch (const InputError& error) {
        throw InputError(entry.node.position().text() + ": " + error.problem(), error.why(), error.suggestion());
    }
}

}  // namespace

Plan survey(const Manifest& manifest, const PlanOptions& options)
{
    const ArchitectureRegistry registry = registry_of(options);
    DigestCache digests(options.digest_cache);
    Plan plan = settings_of(manifest, options);
    std::vector<checkpoint::TokenCounts> counts;
    for (const ManifestCheckpoint& entry : manifest.checkpoints) {
        CheckpointSurvey checkpoint(plan, digests, manifest, counts);
        checkpoint.add(entry, open_checkpoint(entry, registry));
    }
    digests.save();
    if (plan.matrices.empty())
        refuse_empty(manifest, plan);
    return plan;
}

}  // namespace specsweep::sweep
