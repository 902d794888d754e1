#include "bench/sweep/aggregate_speed.hpp"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <limits>
#include <vector>

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/format.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "bench/sweep/lap.hpp"
#include "bench/sweep/synthetic_plan.hpp"
#include "hdf5/file.hpp"
#include "hdf5/seal.hpp"
#include "results/aggregate.hpp"
#include "results/contents.hpp"
#include "results/create_shard.hpp"
#include "results/derive_shard.hpp"
#include "results/file_names.hpp"
#include "results/source_files.hpp"
#include "results/unit_store.hpp"
#include "verdicts/evaluate.hpp"

namespace specsweep::bench {
namespace {

/// Like the spectra of trained weights: a bulk, a head that follows a power law, and noise that tells values apart. A
/// quantizer adds white noise of a strength of its own.
results::UnitResult made_up(const results::Contents& contents, std::int64_t row)
{
    const results::UnitRow& unit = contents.units[static_cast<std::size_t>(row)];
    const auto count = static_cast<double>(unit.sigma_count);
    const double noise = 0.01 * static_cast<double>(unit.quantizer % 13);
    results::UnitResult result;
    result.state = results::UnitState::done;
    result.method = "gram-lapack";
    for (std::int64_t k = 0; k < unit.sigma_count; ++k) {
        const auto rank = static_cast<double>(k + 1);
        const double clean = (1 - (rank - 0.5) / count) * (1 + 5 / std::sqrt(rank)) + 1e-4 * (1 - rank / count);
        result.sigma.push_back(std::hypot(clean * (1 + 1e-3 / rank), noise));
        result.error.push_back(1e-12);
        result.moments.frobenius_squared += result.sigma.back() * result.sigma.back();
    }
    result.moments.frobenius_squared_error = 1e-12 * result.moments.frobenius_squared;
    if (contents.is_reference(row))
        return result;
    result.moments.error_frobenius_squared = count * noise * noise;
    result.moments.error_max = 5 * noise / std::sqrt(count);
    result.moments.error_column_sum_max = result.moments.error_row_sum_max = noise * std::sqrt(count);
    result.moments.error_spectral_low = 2 * noise;
    result.moments.error_spectral_high = 2.1 * noise;
    return result;
}

/// Shard files of a plan, everything done with made-up spectra.
void write_shards(const sweep::Plan& plan, const std::filesystem::path& folder)
{
    std::filesystem::create_directories(folder);
    for (std::int32_t shard = 0; shard < plan.shard_count; ++shard) {
        const results::Contents contents = results::shard_contents(plan, shard);
        const std::filesystem::path path = results::shard_path(folder, shard);
        results::create_shard_file(path, contents, "{}");
        hdf5::seal(path);
        hdf5::File file = hdf5::File::open(path, hdf5::Access::write);
        {
            results::UnitStore store = results::UnitStore::open(file, contents);
            for (std::int64_t row = 0; row < std::ssize(contents.units); ++row)
                store.write(contents, std::array{row}, made_up(contents, row));
            results::derive_rows(file, contents, 0, std::ssize(contents.units));
        }
        file.close();
    }
}

using results::Durable;

/// Reads every file and writes it once more, as a plain copy does; with fsync, as every result file is published.
void copy_files(const std::filesystem::path& folder, const std::filesystem::path& to, Durable durable)
{
    std::filesystem::create_directories(to);
    std::vector<std::byte> buffer(1 << 20);
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        const FileDescriptor input(entry.path());
        const int output =
            ::open((to / entry.path().filename()).c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
        bool is_written = output >= 0;
        for (std::int64_t at = 0; is_written && at < input.size();) {
            const auto piece = std::span(buffer).first(
                static_cast<std::size_t>(std::min<std::int64_t>(input.size() - at, std::ssize(buffer))));
            input.read(piece, at);
            is_written = ::write(output, piece.data(), piece.size()) == std::ssize(piece);
            at += std::ssize(piece);
        }
        if (is_written && durable == Durable::yes)
            is_written = ::fsync(output) == 0;
        if (output >= 0)
            ::close(output);
        if (!is_written)
            throw IoError("cannot copy " + entry.path().string());
    }
}

/// The best of `repeats` of what `work` takes to write what is not there yet, as Lap::note.
template <class Work>
void best_of(int repeats, Json& row, const std::string& name, const std::filesystem::path& result, Work work)
{
    const std::string seconds = name + "_seconds";
    row[seconds] = std::numeric_limits<double>::infinity();
    for (int repeat = 0; repeat < repeats; ++repeat) {
        std::filesystem::remove_all(result);
        Json now;
        Lap lap;
        work();
        lap.note(now, name);
        if (now[seconds].get<double>() < row[seconds].get<double>())
            row.update(now);
    }
}

Json aggregate_row(const SyntheticSize& size, int repeats, const Scratch& scratch)
{
    const sweep::Plan plan = synthetic_plan(size);
    const std::filesystem::path folder = scratch / "shards";
    write_shards(plan, folder);
    std::uintmax_t bytes = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder))
        bytes += entry.file_size();
    Json row{{"units", plan.units.size()}, {"values_a_unit", size.side}, {"shards", size.shards}, {"bytes", bytes}};
    const std::filesystem::path copy = scratch / "copy";
    const std::filesystem::path joined = scratch / "joined.h5";
    const std::array sources{folder};
    for (const Durable durable : {Durable::no, Durable::yes}) {
        const std::string prefix = durable == Durable::yes ? "durable_" : "";
        best_of(repeats, row, prefix + "copy", copy, [&] { copy_files(folder, copy, durable); });
        best_of(repeats, row, prefix + "aggregate", joined,
                [&] { results::aggregate(sources, joined, verdicts::judge(), durable); });
        row["speed_over_" + prefix + "copy"] =
            row[prefix + "copy_seconds"].get<double>() / row[prefix + "aggregate_seconds"].get<double>();
    }
    for (const auto& path : {folder, copy, joined, results::provenance_path(joined)})
        std::filesystem::remove_all(path);
    return row;
}

/// Largest resident memory of a process that does the work and ends, less what it began with.
template <class Work>
std::int64_t peak_of_child(Work work)
{
    const pid_t child = ::fork();
    if (child < 0)
        throw IoError("cannot start a process", system_message(errno));
    if (child == 0) {
        work();
        ::_exit(0);
    }
    int status = 0;
    rusage usage = {};
    if (::wait4(child, &status, 0, &usage) != child || status != 0)
        throw InternalError("the aggregating process of the benchmark failed");
    return static_cast<std::int64_t>(usage.ru_maxrss) * 1024;
}

/// Memory of small units: all that grows with their number.
Json memory_row(int checkpoints, const Scratch& scratch)
{
    const std::filesystem::path folder = scratch / fmt::format("memory-{}", checkpoints);
    std::int64_t units = 0;
    {
        const sweep::Plan plan =
            synthetic_plan({.checkpoints = checkpoints, .matrices = 10, .side = 24, .shards = 10 * checkpoints});
        write_shards(plan, folder);
        units = std::ssize(plan.units);
    }
    const std::array sources{folder};
    const std::int64_t peak = peak_of_child(
        [&] { results::aggregate(sources, scratch / fmt::format("memory-{}.h5", checkpoints), verdicts::judge()); });
    std::filesystem::remove_all(folder);
    return {{"units", units}, {"peak_bytes", peak}};
}

}  // namespace

Json bench_aggregate(int repeats)
{
    const Scratch scratch;
    Json memory = Json::array();  // first: what a child begins with is what this process holds
    for (const int checkpoints : {4, 40})
        memory.push_back(memory_row(checkpoints, scratch));
    Json rows = Json::array();
    rows.push_back(aggregate_row({.checkpoints = 4, .matrices = 10, .side = 64, .shards = 40}, repeats, scratch));
    rows.push_back(aggregate_row({.checkpoints = 2, .matrices = 200, .side = 64, .shards = 40}, repeats, scratch));
    for (const std::int64_t side : {384, 1024, 2048})
        rows.push_back(aggregate_row({.checkpoints = 4, .matrices = 10, .side = side, .shards = 8}, repeats, scratch));
    return {{"aggregate", rows}, {"aggregate_memory", memory}};
}

}  // namespace specsweep::bench
