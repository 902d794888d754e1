#include <functional>
#include <iostream>
#include <map>

#include "base/file.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "bench/metrics/bench_metrics.hpp"
#include "bench/quantize/bench_quantize.hpp"
#include "bench/schedule/bench_schedule.hpp"
#include "bench/spectrum/accurate_share.hpp"
#include "bench/spectrum/bench_groups.hpp"
#include "bench/spectrum/bench_spectrum.hpp"
#include "bench/spectrum/bench_throughput.hpp"
#include "bench/spectrum/bench_vocabulary.hpp"
#include "bench/spectrum/calibrate.hpp"
#include "bench/sweep/aggregate_speed.hpp"
#include "bench/sweep/bench_sweep.hpp"
#include "bench/sweep/scale.hpp"
#include "cli/options.hpp"
#include "cli/terminal.hpp"
#include "cli/verb.hpp"
#include "linalg/blas_library.hpp"
#include "mpi/collectives.hpp"
#include "mpi/session.hpp"

namespace specsweep::cli {
namespace {

/// With a checkpoint all ranks against one on it; then how planning and what surrounds it grow.
Json sweep_bench(const mpi::Communicator& world, const Options& options)
{
    Json result;
    if (const auto checkpoint = options.text("checkpoint"))  // first: its peak of memory is that of the whole process
        result = bench::bench_sweep(world, *checkpoint, static_cast<int>(options.integer("repeats").value_or(12)));
    if (world.is_root())
        result.update(bench::bench_scale());
    mpi::barrier(world);
    return result;
}

/// One thread: on several ranks rank 0 works and the others wait.
Json spectrum_bench(const mpi::Communicator& world, const Options& options)
{
    if (!world.is_root())
        return {};
    bench::SpectrumBenchOptions chosen;
    chosen.repeats = static_cast<int>(options.integer("repeats").value_or(chosen.repeats));
    if (const auto method = options.text("method")) {
        const auto parsed = spectrum::parse_method(*method);
        std::vector<std::string> names;
        for (const spectrum::Method known : spectrum::all_methods())
            names.emplace_back(name(known));
        if (!parsed)
            throw UsageError("--method " + *method + " is unknown", {}, suggest(*method, names));
        chosen.method = *parsed;
    }
    Json result = bench::bench_spectrum(chosen);
    if (const auto checkpoint = options.text("checkpoint"))
        result["accurate_path"] =
            bench::accurate_path_share(*checkpoint, {"int:block=32", "int:bits=2,block=16", "nvfp4"}).at("rows");
    return result;
}

Json groups_bench(const mpi::Communicator& world, const Options& options)
{
    bench::GroupBenchOptions chosen;
    chosen.repeats = static_cast<int>(options.integer("repeats").value_or(chosen.repeats));
    return bench::bench_groups(world, chosen);
}

Json group_values_bench(const mpi::Communicator& world, const Options& options)
{
    return bench::bench_group_values(world, {.shapes = {{2048, 2048}, {4096, 4096}},
                                             .repeats = static_cast<int>(options.integer("repeats").value_or(3))});
}

Json throughput_bench(const mpi::Communicator& world, const Options& options)
{
    return bench::bench_throughput(world, static_cast<int>(options.integer("repeats").value_or(5)));
}

Json vocabulary_bench(const mpi::Communicator& world, const Options& options)
{
    bench::VocabularyBenchOptions chosen;
    chosen.repeats = static_cast<int>(options.integer("repeats").value_or(chosen.repeats));
    return world.is_root() ? bench::bench_vocabulary(chosen) : Json();
}

Json quantize_bench(const mpi::Communicator& world, const Options& options)
{
    bench::QuantizeBenchOptions chosen;
    chosen.repeats = static_cast<int>(options.integer("repeats").value_or(chosen.repeats));
    return world.is_root() ? bench::bench_quantize(chosen) : Json();
}

/// The constants as JSON on stdout, or in the file that --output names: what --calibration of `plan` reads.
Json calibration(const mpi::Communicator& world, const Options& options)
{
    if (!world.is_root())
        return {};
    const std::string text =
        cost::constants_to_json(bench::calibrate(options.text("name-of-machine").value_or("calibrated here")));
    if (const auto file = options.text("output"))
        write_text_file_atomically(*file, text);
    return parse_json(text, "calibration");
}

Json aggregate_bench(const mpi::Communicator& world, const Options& options)
{
    return world.is_root() ? bench::bench_aggregate(static_cast<int>(options.integer("repeats").value_or(3))) : Json();
}

Json schedule_bench(const mpi::Communicator& world, const Options& options)
{
    if (!world.is_root())
        return {};
    bench::ScheduleBenchOptions chosen;
    if (const auto list = options.text("ranks")) {
        chosen.ranks.clear();
        for (const std::string& word : split(*list, ',')) {
            const auto ranks = parse_integer(word);
            if (!ranks)
                throw UsageError("--ranks wants numbers, separated by commas", "'" + word + "' is none");
            chosen.ranks.push_back(*ranks);
        }
    }
    if (const auto file = options.text("calibration"))
        chosen.machine = cost::constants_from_json(read_text_file(*file), *file);
    chosen.model = options.text("model").value_or("");
    return bench::bench_schedule(chosen);
}

Json metrics_bench(const mpi::Communicator& world, const Options& options)
{
    bench::MetricsBenchOptions chosen;
    chosen.repeats = static_cast<int>(options.integer("repeats").value_or(chosen.repeats));
    chosen.python = options.text("python").value_or("");
    return world.is_root() ? bench::bench_metrics(chosen) : Json();
}

using Bench = std::function<Json(const mpi::Communicator&, const Options&)>;

const std::map<std::string, Bench>& benches()
{
    static const std::map<std::string, Bench> all{
        {"aggregate", aggregate_bench},       {"calibrate", calibration},       {"groups", groups_bench},
        {"group-values", group_values_bench}, {"metrics", metrics_bench},       {"quantize", quantize_bench},
        {"schedule", schedule_bench},         {"spectrum", spectrum_bench},     {"sweep", sweep_bench},
        {"throughput", throughput_bench},     {"vocabulary", vocabulary_bench},
    };
    return all;
}

std::string for_people(const Json& value)
{
    return value.is_number_float() ? significant(value.get<double>(), 4)
           : value.is_string()     ? value.get<std::string>()
                                   : value.dump();
}

bool is_table(const Json& value)
{
    return value.is_array() && !value.empty() && value[0].is_object();
}

std::string table_of(const Json& rows)
{
    std::vector<Table::Column> columns;
    for (const auto& [key, ignored] : rows[0].items())
        columns.push_back({key});
    Table table(columns);
    for (const Json& row : rows) {
        std::vector<std::string> cells;
        for (const auto& [key, cell] : row.items())
            cells.push_back(for_people(cell));
        table.add(std::move(cells));
    }
    return table.text();
}

/// Numbers and words as "name: value", then arrays of objects as tables, then objects in the same way.
/// @param within names of the objects that this one is part of, each with ", " behind it
void print_for_people(const Json& result, const std::string& within = {})
{
    for (const auto& [name, value] : result.items())
        if (!is_table(value) && !value.is_object())
            std::cout << within << name << ": " << for_people(value) << '\n';
    for (const auto& [name, value] : result.items())
        if (is_table(value))
            std::cout << styled(Style::bold, within + name) << '\n' << table_of(value);
    for (const auto& [name, value] : result.items())
        if (value.is_object())
            print_for_people(value, within + name + ", ");
}

}  // namespace

ExitCode bench(Arguments arguments)
{
    Options options(
        "[mpirun -n N] specsweep bench [NAME] [--checkpoint DIR] [--json]",
        "Speed as ratios measured in one run (no absolute times: machines differ, neighbours are noisy).\n"
        "NAME: metrics (power-law fit against the Python package powerlaw; all metrics against a spectrum), quantize\n"
        "(formats against memcpy), spectrum (the engine against LAPACK's dgesdd, one thread), sweep (plan, render, "
        "status\n"
        "at 10⁴ to 10⁶ units; with --checkpoint all ranks against one on it), aggregate (against copying the files).\n"
        "Without NAME quantize, spectrum, sweep and aggregate.\n"
        "Also: groups (all ranks on one matrix, against pdgesvd and one rank), group-values (what finding the values\n"
        "of several matrices of a group at once saves), throughput (100 small matrices, all ranks\n"
        "against one), vocabulary (large embeddings from a file, against one pass at the rate of dgemm), schedule\n"
        "(predicted efficiency on many ranks, simulated), calibrate (constants of the cost model for `plan "
        "--calibration`).");
    options.flag("json", "machine-readable")
        .value("ranks", "N,N,…", "bench schedule: numbers of ranks (default 10,100,1000,10000,100000)")
        .value("model", "NAME", "bench schedule: one model (default all that it knows)")
        .value("calibration", "FILE", "bench schedule: constants of another machine")
        .value("output,o", "FILE", "bench calibrate: write the constants there")
        .value("name-of-machine", "TEXT", "bench calibrate: stands in every plan made with them")
        .value("checkpoint", "DIR", "what bench sweep computes on all ranks and on one")
        .value("method", "NAME", "solver that bench spectrum times")
        .value("python", "PATH", "bench metrics: a Python with the package powerlaw")
        .value("repeats", "N", "the best of N runs counts")
        .positional("name", 0, 1);
    if (!options.parse(arguments))
        return ExitCode::complete;
    std::vector<std::string> names;
    for (const auto& [name, ignored] : benches())
        names.push_back(name);
    const std::vector<std::string> wanted =
        options.has("name") ? options.texts("name")
                            : std::vector<std::string>{"quantize", "spectrum", "sweep", "aggregate"};
    for (const std::string& name : wanted)
        if (benches().count(name) == 0)
            throw UsageError("there is no benchmark '" + name + "'", {}, suggest(name, names));

    int argc = 0;
    char** argv = nullptr;
    const mpi::Session session(argc, argv);
    const mpi::Communicator world = mpi::Communicator::world();
    linalg::set_blas_threads(1);
    for (const std::string& name : wanted) {
        const Json result = benches().at(name)(world, options);
        if (!world.is_root())
            continue;
        if (options.has("json")) {
            std::cout << Json{{name, result}}.dump(1) << '\n';
        } else {
            std::cout << styled(Style::bold, "bench " + name) << '\n';
            print_for_people(result);
        }
    }
    return ExitCode::complete;
}

}  // namespace specsweep::cli
