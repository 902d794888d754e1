#include "run/reuse.hpp"

#include <algorithm>
#include <string_view>
#include <unordered_map>

#include "mpi/agreement.hpp"
#include "mpi/collectives.hpp"
#include "results/result_file.hpp"
#include "results/source_files.hpp"

namespace specsweep::run {
namespace {

using Wanted = std::unordered_map<std::string_view, std::int64_t>;  ///< id → first pending row of the shard

Wanted wanted_units(const sweep::Plan& plan, const results::ShardFile& file)
{
    Wanted wanted;
    for (const std::int64_t row : file.units())
        if (file.state(row) == results::UnitState::pending)
            wanted.emplace(plan.units[static_cast<std::size_t>(row)].id, row);
    return wanted;
}

/// What one source has of them; found ones are wanted no more.
void take_from(const results::ResultFile& source, const sweep::Plan& plan, Wanted& wanted, results::ShardFile& file,
               std::vector<std::int64_t>& taken)
{
    for (std::int64_t row = 0; row < source.size() && !wanted.empty(); ++row) {
        const results::UnitRow& unit = source.contents().units[static_cast<std::size_t>(row)];
        const auto found = wanted.find(unit.id);
        if (source.state(row) != results::UnitState::done || found == wanted.end())
            continue;
        const sweep::PlanUnit& planned = plan.units[static_cast<std::size_t>(found->second)];
        if (unit.solver != planned.solver)
            continue;
        results::UnitResult result = source.read(row);
        if (!source.crc_holds(row, result))
            continue;
        result.reason.clear();
        result.timing = {};
        file.write(found->second, result);
        taken.push_back(planned.canonical_row);
        wanted.erase(found);
    }
}

}  // namespace

std::vector<std::int64_t> take_over(const mpi::Communicator& world, const sweep::Plan& plan, results::ShardFile& file,
                                    std::span<const std::filesystem::path> sources)
{
    std::vector<std::int64_t> taken;
    mpi::run_on_root(world, [&] {
        Wanted wanted = wanted_units(plan, file);
        for (const std::filesystem::path& path : results::result_files(sources)) {
            if (wanted.empty())
                break;
            const results::ResultFile source = results::ResultFile::open(path);
            if (source.tables_intact())
                take_from(source, plan, wanted, file, taken);
        }
        std::sort(taken.begin(), taken.end());
    });
    mpi::broadcast(world, taken, 0);
    return taken;
}

}  // namespace specsweep::run
