#include "cli/quantized_checkpoint.hpp"

#include <algorithm>
#include <set>

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/format.hpp"
#include "base/json.hpp"
#include "checkpoint/model_folder.hpp"
#include "checkpoint/safetensors.hpp"
#include "cli/quantized_shard.hpp"

namespace specsweep::cli {
namespace {

namespace fs = std::filesystem;

constexpr const char* state_name = "specsweep-quantize.json";
constexpr const char* index_name = "model.safetensors.index.json";

/// Matrices by tensor; a second copy of a tied tensor is quantized like the first.
SelectedMatrices select(const checkpoint::Checkpoint& opened, const QuantizeRequest& request)
{
    SelectedMatrices selected;
    for (const checkpoint::Matrix& matrix : opened.inventory().matrices) {
        const bool wanted_role = request.roles.empty() || std::find(request.roles.begin(), request.roles.end(),
                                                                    matrix.role) != request.roles.end();
        if (!wanted_role || (!request.layers.empty() && !request.layers.contains(matrix.name)))
            continue;
        if (opened.tensor(matrix.tensor).packing)
            throw UsageError(fmt::format("{} is quantized already", matrix.tensor),
                             "its codes would be decoded and quantized again", "start from the original checkpoint");
        selected[matrix.tensor].push_back(&matrix);
    }
    for (const checkpoint::Alias& alias : opened.inventory().aliases)
        if (const auto found = selected.find(alias.of); alias.in_file && found != selected.end())
            selected[alias.name] = found->second;
    if (selected.empty())
        throw UsageError("nothing would be quantized", "no matrix has one of the given roles",
                         "`specsweep inspect CHECKPOINT` lists them");
    return selected;
}

/// What a partial folder belongs to: the call, and the files it started from.
std::string state_of(const fs::path& folder, const std::set<fs::path>& files, const QuantizeRequest& request)
{
    Json stamps = Json::object();
    for (const fs::path& file : files) {
        const FileStamp stamp = file_stamp(file);
        stamps[file.filename().string()] = {stamp.size, stamp.modified_ns};
    }
    Json roles = Json::array();
    for (const checkpoint::Role role : request.roles)
        roles.push_back(std::string(name(role)));
    return canonical_json({{"checkpoint", folder.string()},
                           {"files", stamps},
                           {"quantizer", request.quantizer},
                           {"layers", request.layers},
                           {"roles", roles},
                           {"dtype", request.same_dtype ? "same" : "f32"},
                           {"seed", request.seed}}) +
           "\n";
}

void prepare(const fs::path& partial, const std::string& state, const QuantizeRequest& request)
{
    if (fs::exists(request.output))
        throw UsageError(request.output.string() + " exists", "nothing is overwritten",
                         "choose another folder with -o");
    const fs::path kept = partial / state_name;
    if (fs::exists(partial) && (!fs::exists(kept) || read_text_file(kept) != state))
        throw UsageError(partial.string() + " belongs to another call",
                         "its quantizer, dtype, roles or checkpoint are not these", "remove it, or choose another -o");
    std::error_code failure;
    fs::create_directories(partial, failure);
    if (failure)
        throw IoError("cannot create the folder " + partial.string(), failure.message());
    write_text_file_atomically(kept, state);
}

Json sums_json(const QuantizeOutcome& outcome)
{
    return {{"matrices", outcome.matrices},
            {"error_squared", outcome.error_squared},
            {"rounding_squared", outcome.rounding_squared},
            {"left", outcome.left}};
}

void add(QuantizeOutcome& total, const Json& sums)
{
    total.matrices += sums.at("matrices").get<std::int64_t>();
    total.error_squared += sums.at("error_squared").get<double>();
    total.rounding_squared += sums.at("rounding_squared").get<double>();
    for (const auto& item : sums.at("left"))
        total.left.emplace_back(item.at(0).get<std::string>(), item.at(1).get<std::string>());
}

/// Everything that is no weight: tokenizer, configuration, licence. Types and sizes follow where tensors became F32.
void copy_other_files(const fs::path& folder, const fs::path& partial, const QuantizeRequest& request)
{
    for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
        const std::string file = entry.path().filename().string();
        if (!entry.is_regular_file() || entry.path().extension() == ".safetensors")
            continue;
        if (request.same_dtype || (file != "config.json" && file != index_name)) {
            fs::copy_file(entry.path(), partial / file, fs::copy_options::overwrite_existing);
            continue;
        }
        Json json = parse_json(read_text_file(entry.path()), entry.path().string());
        for (const char* key : {"torch_dtype", "dtype"})
            if (json.contains(key))
                json[key] = "float32";
        if (file == index_name) {
            std::int64_t bytes = 0;
            for (const fs::directory_entry& shard : fs::directory_iterator(partial))
                if (shard.path().extension() == ".safetensors")
                    for (const auto& tensor : checkpoint::read_safetensors_header(shard.path()))
                        bytes += tensor.bytes;
            json["metadata"]["total_size"] = bytes;
        }
        write_text_file_atomically(partial / file, json.dump(2) + "\n");
    }
}

}  // namespace

QuantizeOutcome write_quantized_checkpoint(const QuantizeRequest& request)
{
    checkpoint::ArchitectureRegistry registry = checkpoint::ArchitectureRegistry::builtin();
    for (const fs::path& file : request.architecture_files)
        registry = registry.extended_by(file);
    const auto opened = checkpoint::Checkpoint::open(request.checkpoint, registry);
    const SelectedMatrices selected = select(opened, request);
    std::set<fs::path> files;
    for (const auto& tensor : checkpoint::read_stored_tensors(opened.path()).tensors)
        files.insert(tensor.file);
    const fs::path partial = request.output.string() + ".partial";
    prepare(partial, state_of(opened.path(), files, request), request);

    QuantizeOutcome total;
    measure::UnitMeter meter;
    std::vector<fs::path> sums;
    for (const fs::path& file : files) {
        const fs::path done = partial / file.filename();
        sums.push_back(partial / (file.filename().string() + ".sums.json"));
        ++total.files;
        if (fs::exists(done) && fs::exists(sums.back())) {
            ++total.resumed_files;
        } else {
            QuantizeOutcome one;
            const fs::path unfinished = done.string() + ".unfinished";
            write_quantized_shard(file, unfinished, selected, request, meter, one);
            write_text_file_atomically(sums.back(), canonical_json(sums_json(one)));
            fs::rename(unfinished, done);
        }
        add(total, parse_json(read_text_file(sums.back()), sums.back().string()));
    }
    copy_other_files(opened.path(), partial, request);
    for (const fs::path& file : sums)
        fs::remove(file);
    fs::remove(partial / state_name);
    fs::rename(partial, request.output);
    return total;
}

}  // namespace specsweep::cli
