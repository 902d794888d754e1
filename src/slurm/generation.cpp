#include "slurm/generation.hpp"

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/format.hpp"
#include "base/hash.hpp"
#include "base/json.hpp"
#include "sweep/index_ranges.hpp"

namespace specsweep::slurm {

namespace {

constexpr std::int32_t most_shards = 1'000'000'000;

void make_folder(const std::filesystem::path& folder)
{
    std::error_code failure;
    std::filesystem::create_directories(folder, failure);
    if (failure)
        throw IoError("cannot create the folder " + folder.string(), failure.message(), "choose another place with -o");
}

Json script_entry(const JobScript& script)
{
    return {{"token", script.token}, {"job_name", script.job_name}, {"sha256", sha256_hex(script.text)}};
}

JobScript read_script(const Json& entry, const std::filesystem::path& file)
{
    return {.token = entry.at("token").get<std::string>(),
            .job_name = entry.at("job_name").get<std::string>(),
            .text = read_text_file(file)};
}

}  // namespace

std::int64_t Generation::tasks() const
{
    std::int64_t sum = 0;
    for (const Array& array : arrays)
        sum += array.job.tasks();
    return sum;
}

std::int64_t Generation::shards() const
{
    std::int64_t sum = 0;
    for (const Array& array : arrays)
        sum += std::ssize(array.job.shards);
    return sum;
}

Generation render_generation(const SweepSettings& settings, const SweepFolder& folder, int number,
                             const std::vector<ShardNeed>& needs, const ArrayLimits& limits)
{
    Generation generation;
    generation.number = number;
    for (ArrayJob& array : make_arrays(needs, settings.profile, limits)) {
        JobScript script = array_script(array, settings, folder, number);
        generation.arrays.push_back({std::move(array), std::move(script)});
    }
    if (settings.profile.boolean("aggregate"))
        generation.aggregate = aggregate_script(settings, folder, number);
    return generation;
}

void write_generation(const SweepFolder& folder, const Generation& generation)
{
    const int number = generation.number;
    for (const std::filesystem::path& made : {folder.started(), folder.attempts(), folder.outcomes()})
        make_folder(made);
    Json arrays = Json::array();
    for (const Generation::Array& array : generation.arrays) {
        make_folder(folder.logs(number, array.job.name));
        write_text_file_atomically(folder.script(number, array.job.name), array.script.text);
        Json entry = script_entry(array.script);
        entry.update({{"name", array.job.name},
                      {"memory_per_rank", array.job.memory_per_rank},
                      {"ranks", array.job.ranks},
                      {"nodes", array.job.nodes},
                      {"minutes", array.job.minutes},
                      {"throttle", array.job.throttle},
                      {"per_task", array.job.per_task},
                      {"shards", sweep::print_ranges(array.job.shards)}});
        arrays.push_back(std::move(entry));
    }
    Json document{{"format", "specsweep-slurm-arrays"}, {"generation", number}, {"arrays", arrays}};
    if (generation.aggregate) {
        make_folder(folder.logs(number, "aggregate"));
        write_text_file_atomically(folder.script(number, "aggregate"), generation.aggregate->text);
        document["aggregate"] = script_entry(*generation.aggregate);
    }
    write_text_file_atomically(folder.arrays_file(number), document.dump(1) + "\n");
}

Generation read_generation(const SweepFolder& folder, int number)
{
    const std::filesystem::path file = folder.arrays_file(number);
    Generation generation;
    generation.number = number;
    const Json document = parse_json(read_text_file(file), file.string());
    try {
        for (const Json& entry : document.at("arrays")) {
            Generation::Array array;
            array.job.name = entry.at("name").get<std::string>();
            array.job.memory_per_rank = entry.at("memory_per_rank").get<std::int64_t>();
            array.job.ranks = entry.value("ranks", std::int64_t{1});
            array.job.nodes = entry.value("nodes", std::int64_t{1});
            array.job.minutes = entry.at("minutes").get<std::int64_t>();
            array.job.throttle = entry.at("throttle").get<std::int64_t>();
            array.job.per_task = entry.at("per_task").get<std::int32_t>();
            const auto shards = sweep::parse_ranges(entry.at("shards").get<std::string>(), most_shards);
            if (!shards || shards->empty() || array.job.per_task < 1)
                throw InputError(fmt::format("{} is damaged", file.string()), "its shards are no ranges",
                                 "render again");
            array.job.shards = *shards;
            array.script = read_script(entry, folder.script(number, array.job.name));
            generation.arrays.push_back(std::move(array));
        }
        if (document.contains("aggregate"))
            generation.aggregate = read_script(document.at("aggregate"), folder.script(number, "aggregate"));
    } catch (const Json::exception& error) {
        throw InputError(fmt::format("{} is damaged", file.string()), error.what(), "render again");
    }
    return generation;
}

}  // namespace specsweep::slurm
