#include <cmath>
#include <filesystem>
#include <iostream>
#include <map>

#include "base/format.hpp"
#include "base/text.hpp"
#include "checkpoint/role.hpp"
#include "cli/options.hpp"
#include "cli/quantized_checkpoint.hpp"
#include "cli/verb.hpp"
#include "quantize/registry.hpp"
#include "sweep/digest_cache.hpp"
#include "sweep/make_plan.hpp"

namespace specsweep::cli {
namespace {

/// What a manifest (of `allocate -o`, say) chooses for each matrix of this checkpoint.
std::map<std::string, std::string> layers_of(const std::filesystem::path& file, const QuantizeRequest& request)
{
    sweep::Manifest manifest = sweep::read_manifest(file);
    sweep::ManifestCheckpoint checkpoint = manifest.checkpoints.front();
    checkpoint.path = std::filesystem::absolute(request.checkpoint);
    checkpoint.token_counts.reset();
    manifest.checkpoints = {checkpoint};
    sweep::PlanOptions options;
    options.architecture_files = manifest.architecture_files;
    options.architecture_files.insert(options.architecture_files.end(), request.architecture_files.begin(),
                                      request.architecture_files.end());
    options.digest_cache = sweep::default_digest_cache();
    const sweep::Plan plan = sweep::make_plan(manifest, options);
    std::map<std::string, std::string> layers;
    for (const sweep::PlanUnit& unit : plan.units) {
        if (unit.quantizer == 0)
            continue;
        const std::string& matrix = plan.matrices[static_cast<std::size_t>(unit.matrix)].matrix.name;
        const std::string& text = plan.quantizers[static_cast<std::size_t>(unit.quantizer)];
        if (const auto [place, is_new] = layers.emplace(matrix, text); !is_new)
            throw UsageError(fmt::format("{} has two quantizers for {}", file.string(), matrix),
                             place->second + " and " + text, "a checkpoint holds one of them");
    }
    if (layers.empty())
        throw UsageError(fmt::format("{} chooses no quantizer for {}", file.string(), request.checkpoint.string()),
                         "none of its entries under `quantizers` is for a matrix of this checkpoint",
                         "`specsweep allocate -o FILE` writes such a manifest");
    return layers;
}

std::vector<checkpoint::Role> roles_of(const std::vector<std::string>& texts)
{
    std::vector<checkpoint::Role> roles;
    for (const std::string& text : texts) {
        const auto role = checkpoint::parse_role(text);
        if (!role)
            throw UsageError(fmt::format("there is no role '{}'", text), {}, "`specsweep inspect` lists roles");
        roles.push_back(*role);
    }
    return roles;
}

bool keeps_dtype(const std::optional<std::string>& text)
{
    if (text && *text != "same" && *text != "f32")
        throw UsageError(fmt::format("--dtype {} is not accepted", *text), {}, "accepted: same, f32");
    return !text || *text == "same";
}

void print(const QuantizeRequest& request, const QuantizeOutcome& outcome)
{
    std::cout << fmt::format("{}: {} in {}, {}\n", request.output.string(),
                             counted(outcome.matrices, "matrix", "matrices"), counted(outcome.files, "file"),
                             request.layers.empty() ? request.quantizer : "each with its own quantizer");
    if (outcome.resumed_files > 0)
        std::cout << fmt::format("{} finished by an earlier call\n", counted(outcome.resumed_files, "file"));
    for (const auto& [matrix, reason] : outcome.left)
        std::cout << fmt::format("left as it is: {} ({})\n", matrix, reason);
    const double error = std::sqrt(outcome.error_squared);
    std::cout << fmt::format("quantization error ‖Ŵ − W‖_F {:.6g}\n", error);
    if (!request.same_dtype)
        return;
    const double rounding = std::sqrt(outcome.rounding_squared);
    std::cout << fmt::format("the stored dtype adds ‖·‖_F {:.6g}{}\n", rounding,
                             error > 0 ? fmt::format(", {:.3g} % of it", 100 * rounding / error) : std::string());
}

}  // namespace

ExitCode quantize_checkpoint(Arguments arguments)
{
    Options options(
        "specsweep quantize CHECKPOINT --quantizer TEXT | --manifest FILE -o DIR [--dtype same|f32] [--role ROLE …]",
        "Writes the checkpoint with simulated-quantized weights, in the same files and shards, for other\n"
        "tools to evaluate. Norms and biases stay. A call that was interrupted goes on where it stopped.");
    options.value("quantizer", "TEXT", "as `specsweep formats` lists them")
        .value("manifest", "FILE", "a quantizer for each matrix, as `specsweep allocate -o FILE` writes them")
        .values("architecture", "FILE", "description of a further model_type (docs/architectures.md)")
        .value("output,o", "DIR", "folder to be made; must not exist")
        .value("dtype", "same|f32", "same (default): rounded once more to the stored dtype; f32: not rounded")
        .values("role", "ROLE", "quantize matrices of these roles only")
        .value("seed", "N", "of stochastic rounding and random rotations (0)")
        .positional("checkpoint", 1, 1);
    if (!options.parse(arguments))
        return ExitCode::complete;
    if (options.has("quantizer") == options.has("manifest") || !options.has("output"))
        throw UsageError("quantize needs -o DIR, and --quantizer TEXT or --manifest FILE", {},
                         "see `specsweep quantize -h`");
    QuantizeRequest request;
    request.checkpoint = options.texts("checkpoint")[0];
    for (const std::string& file : options.texts("architecture"))
        request.architecture_files.emplace_back(file);
    if (const auto file = options.text("manifest"))
        request.layers = layers_of(*file, request);
    else
        request.quantizer = quantize::canonical_quantizer(*options.text("quantizer"));
    const auto refuse_other = [](const std::string& quantizer) {
        if (quantizer == "reference" || quantizer.starts_with("checkpoint:"))
            throw UsageError(quantizer + " quantizes nothing", {}, "`specsweep formats` lists what does");
    };
    refuse_other(request.quantizer);
    for (const auto& [matrix, text] : request.layers)
        refuse_other(text);
    request.output = *options.text("output");
    request.roles = roles_of(options.texts("role"));
    request.same_dtype = keeps_dtype(options.text("dtype"));
    request.seed = options.integer("seed").value_or(0);
    print(request, write_quantized_checkpoint(request));
    return ExitCode::complete;
}

}  // namespace specsweep::cli
