#include "results/create_shard.hpp"

#include "base/integer.hpp"
#include "base/json.hpp"
#include "hdf5/text_column.hpp"
#include "metrics/columns.hpp"
#include "results/contents_io.hpp"
#include "results/derived_store.hpp"
#include "results/layout.hpp"
#include "results/moment_list.hpp"
#include "results/reserve_space.hpp"
#include "results/timing_store.hpp"
#include "results/unit_store.hpp"

namespace specsweep::results {

namespace {

/// At least what the file will need; all large parts exact.
std::int64_t estimated_bytes(const Contents& contents, const std::string& provenance)
{
    // Fixed-width columns of /units, /moments and /timing, and derived values.
    const std::int64_t bytes_per_unit = 800 + 8 * std::ssize(metrics::columns());
    constexpr auto bytes_per_histogram = static_cast<std::int64_t>(2 * sizeof(metrics::CosineCounts));
    constexpr std::int64_t bytes_per_matrix = 256;
    const auto count = [](const auto& rows) { return static_cast<std::int64_t>(rows.size()); };
    std::int64_t bytes = layout::metadata_bytes + layout::run_slots * layout::run_width + count(provenance);
    bytes = checked_add(bytes, checked_multiply(16, contents.sigma_total));
    bytes = checked_add(bytes, checked_multiply(bytes_per_unit, count(contents.units)));
    const RareRows rare = rare_rows(contents);
    bytes = checked_add(bytes, checked_multiply(bytes_per_histogram, count(rare.embeddings)));
    if (rare.extended)
        bytes = checked_add(bytes, checked_multiply(8 * count(extended_moments()), count(contents.units)));
    return checked_add(bytes, checked_multiply(bytes_per_matrix, count(contents.matrices)));
}

void write_provenance_slots(hdf5::File& file, const std::string& plan)
{
    file.create_group(layout::provenance::group);
    const auto width = round_up<std::int64_t>(std::max<std::int64_t>(1, static_cast<std::int64_t>(plan.size())), 8);
    auto text = hdf5::TextColumn::create(file, layout::provenance::plan, 1, width);
    text.write(0, plan);
    hdf5::TextColumn::create(file, layout::provenance::runs, layout::run_slots, layout::run_width);
}

}  // namespace

Json plan_provenance(const sweep::Plan& plan)
{
    Json text = {{"name", plan.name},
                 {"cut_sha256", plan.cut_sha256},
                 {"shard_count", plan.shard_count},
                 {"memory_per_rank", plan.memory_per_rank},
                 {"cost_machine", plan.cost_machine}};
    for (const sweep::PlanCheckpoint& checkpoint : plan.checkpoints)
        text["checkpoints"].push_back({{"id", checkpoint.id}, {"path", checkpoint.path}});
    return text;
}

void create_shard_file(const std::filesystem::path& path, const Contents& contents, const std::string& provenance)
{
    require_space(path, estimated_bytes(contents, provenance));
    hdf5::File file = hdf5::File::create(path, layout::metadata_bytes);
    write_header(file, contents.header);
    write_tables(file, contents);
    UnitStore::create(file, contents);
    DerivedStore::create(file, static_cast<std::int64_t>(contents.units.size()));
    TimingStore::create(file, static_cast<std::int64_t>(contents.units.size()));
    write_provenance_slots(file, provenance);
    file.flush();
    file.close();
}

}  // namespace specsweep::results
