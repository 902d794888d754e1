#include "sweep/candidates.hpp"

#include "base/format.hpp"
#include "base/integer.hpp"
#include "base/text.hpp"
#include "quantize/registry.hpp"
#include "sweep/point_fields.hpp"

namespace specsweep::sweep {

namespace {

/// Σ over entries of matrices × points; nothing when 64 bits cannot hold it.
std::optional<std::int64_t> count_points(const Manifest& manifest, std::int64_t matrices)
{
    std::int64_t total = 0;
    for (const auto* entries : {&manifest.quantizers, &manifest.include})
        for (const QuantizerEntry& entry : *entries) {
            const auto size = zipped_size(entry);
            const auto points = size ? multiply_if_fits(*size, matrices) : std::nullopt;
            const auto sum = points ? add_if_fits(total, *points) : std::nullopt;
            if (!sum)
                return std::nullopt;
            total = *sum;
        }
    return total;
}

/// The identity of another checkpoint is what it holds, not where it lies.
void name_by_content(AxisPoint& point, Counterparts& counterparts, const YamlNode& node)
{
    const auto path = point.values.find("path");
    if (point.format != "checkpoint" || path == point.values.end())
        return;
    try {
        point.values["digest"] = counterparts.digest(path->second);
    } catch (const UsageError& error) {
        throw node.error(error.problem(), error.why(), error.suggestion());
    }
    point.values.erase("path");
}

void resolve(Candidate& candidate)
{
    const std::string text = candidate.point.text();
    try {
        candidate.resolved = quantize::resolve_quantizer(text);
        candidate.canonical = quantize::canonical_quantizer(text);
    } catch (const UsageError& error) {
        candidate.problem = candidate.entry->node.error(error.problem(), error.why(), error.suggestion());
        candidate.resolved = {candidate.point.format, {candidate.point.values.begin(), candidate.point.values.end()}};
        candidate.canonical.clear();
    }
    for (const DerivedParameter& derived : candidate.entry->derive)
        candidate.resolved.values.erase(derived.key);
}

}  // namespace

std::vector<Candidate> make_candidates(const Manifest& manifest, Counterparts& counterparts, std::int64_t matrices,
                                       std::int64_t most)
{
    const auto total = count_points(manifest, matrices);
    if (!total || *total > most)
        throw UsageError(fmt::format("the sweep '{}' has {} points", manifest.name,
                                     total ? format_count(*total) : "more than 9,223,372,036,854,775,807"),
                         fmt::format("{} matrices times the product of all axes; the most is {}",
                                     format_count(matrices), format_count(most)),
                         "shorten an axis, zip axes that belong together, or split the manifest");
    std::vector<Candidate> candidates;
    for (const auto* entries : {&manifest.quantizers, &manifest.include})
        for (const QuantizerEntry& entry : *entries) {
            if (entry.is_reference)
                continue;
            for (AxisPoint& point : points(entry))
                candidates.push_back({&entry, std::move(point), entries == &manifest.include, {}, {}, {}, {}});
        }
    // The rows view into the candidates: filled when nothing moves any more.
    for (Candidate& candidate : candidates) {
        name_by_content(candidate.point, counterparts, candidate.entry->node);
        resolve(candidate);
        candidate.row.assign(manifest.fields.size(), FieldValue());
        fill_quantizer_fields(candidate.row, manifest.fields, candidate.resolved, candidate.canonical);
    }
    return candidates;
}

}  // namespace specsweep::sweep
