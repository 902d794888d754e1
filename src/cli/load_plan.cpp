#include "cli/load_plan.hpp"

#include <algorithm>
#include <vector>

#include "base/file.hpp"
#include "base/format.hpp"
#include "base/text.hpp"
#include "sweep/digest_cache.hpp"
#include "sweep/make_plan.hpp"
#include "sweep/solver.hpp"

namespace specsweep::cli {
namespace {

sweep::PlanOptions plan_options(const Options& options)
{
    sweep::PlanOptions chosen;
    if (const auto memory = options.text("memory-per-rank"))
        chosen.memory_per_rank = parse_bytes("memory-per-rank", *memory);
    chosen.ranks_per_shard = options.integer("ranks").value_or(1);
    if (chosen.ranks_per_shard < 1 || chosen.ranks_per_shard > 1'000'000)
        throw UsageError(fmt::format("--ranks {} is out of range", chosen.ranks_per_shard));
    if (const auto method = options.text("method")) {
        const auto known = sweep::solver_methods();
        if (std::find(known.begin(), known.end(), *method) == known.end())
            throw UsageError(fmt::format("--method {} is unknown", *method), {},
                             suggest(*method, std::vector<std::string>(known.begin(), known.end())));
        chosen.method = *method;
    }
    if (const auto file = options.text("calibration"))
        chosen.machine = cost::constants_from_json(read_text_file(*file), *file);
    for (const std::string& file : options.texts("architecture"))
        chosen.architecture_files.emplace_back(file);
    if (!options.has("no-digest-cache"))
        chosen.digest_cache = sweep::default_digest_cache();
    return chosen;
}

/// A manifest may be JSON, too (YAML is a superset); only plans have these hashes.
bool is_plan_text(const std::string& text)
{
    return text.find("\"cut_sha256\"") != std::string::npos && text.find("\"sweep_sha256\"") != std::string::npos;
}

}  // namespace

void declare_plan_options(Options& options)
{
    options.value("memory-per-rank", "SIZE", "what one rank may use, decides the solvers (default 4GiB)")
        .value("ranks", "N", "ranks that compute a shard, for `shards: {minutes: …}` (default 1)")
        .value("method", "NAME",
               "solver of every matrix: gram-two-stage, gram-lapack, qr-lapack (the accurate path), dgesdd\n"
               "(LAPACK's driver on the whole matrix) or pdgesvd (ScaLAPACK's, on groups of ranks); without it the "
               "fastest that is certified")
        .value("calibration", "FILE",
               "constants of the cost model (JSON, docs/manifest.md) instead of the shipped ones")
        .values("architecture", "FILE", "description of a further model_type")
        .flag("no-digest-cache", "read every tensor again for its digest");
}

sweep::Plan plan_of(const sweep::Manifest& manifest, const Options& options)
{
    sweep::PlanOptions chosen = plan_options(options);
    chosen.architecture_files.insert(chosen.architecture_files.begin(), manifest.architecture_files.begin(),
                                     manifest.architecture_files.end());
    return sweep::make_plan(manifest, chosen);
}

sweep::Plan load_plan(const std::filesystem::path& manifest_or_plan, const Options& options)
{
    const std::string text = read_text_file(manifest_or_plan);
    if (is_plan_text(text))
        return sweep::plan_from_text(text, manifest_or_plan.string());
    return plan_of(sweep::read_manifest(manifest_or_plan), options);
}

std::string load_plan_text(const std::filesystem::path& manifest_or_plan, const Options& options)
{
    std::string text = read_text_file(manifest_or_plan);
    return is_plan_text(text) ? text : sweep::plan_to_text(plan_of(sweep::read_manifest(manifest_or_plan), options));
}

}  // namespace specsweep::cli
