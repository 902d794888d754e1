#pragma once

#include <filesystem>
#include <functional>
#include <span>

#include "results/resume.hpp"
#include "results/timing_store.hpp"
#include "results/unit_store.hpp"
#include "small_sweep.hpp"

namespace specsweep::results {

/// Writes units of one shard as a run on one rank does, without MPI. `make` gives the result of a plan row; pending
/// ones are left out.
inline ResumePoint fill_shard(const std::filesystem::path& path, const sweep::Plan& plan, std::int32_t shard,
                              const std::function<UnitResult(std::int64_t)>& make)
{
    const Contents contents = shard_contents(plan, shard);
    ResumePoint point = create_or_resume(path, contents, "{}");
    hdf5::File file = hdf5::File::open(path, hdf5::Access::write);
    {
        UnitStore store = UnitStore::open(file, contents);
        TimingStore timing = TimingStore::open(file, static_cast<std::int64_t>(contents.units.size()));
        for (const std::vector<std::int64_t>& rows : rows_by_id(contents)) {
            const UnitResult result = make(contents.units[static_cast<std::size_t>(rows.front())].plan_row);
            if (result.state == UnitState::pending)
                continue;
            for (const std::int64_t row : rows)
                timing.write(std::span(&row, 1), std::span(&result.timing, 1));
            store.write(contents, rows, result);
        }
    }
    file.close();
    return point;
}

inline void fill_shard(const std::filesystem::path& path, const sweep::Plan& plan, std::int32_t shard = 0)
{
    fill_shard(path, plan, shard, [&](std::int64_t row) { return made_up(plan, row); });
}

/// What the file says now, every CRC verified.
inline ResumePoint resume_point(const std::filesystem::path& path, const sweep::Plan& plan, std::int32_t shard = 0)
{
    return create_or_resume(path, shard_contents(plan, shard), "{}");
}

inline std::int64_t count(const ResumePoint& point, UnitState state)
{
    return std::count(point.states.begin(), point.states.end(), state);
}

}  // namespace specsweep::results
