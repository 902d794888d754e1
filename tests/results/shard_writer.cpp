// Program for kill_test.py: writes the made-up results of a small sweep as a run does, slowly enough to be killed.
//   shard_writer write FILE MICROSECONDS     collective: every rank takes every size-th pending unit
//   shard_writer aggregate FILE OUT
#include <array>
#include <chrono>
#include <iostream>
#include <string>
#include <thread>

#include "base/error.hpp"
#include "mpi/session.hpp"
#include "results/aggregate.hpp"
#include "results/shard_file.hpp"
#include "small_sweep.hpp"

namespace {

using namespace specsweep;

void write(const std::filesystem::path& path, int microseconds)
{
    const sweep::Plan plan = results::small_plan();
    const mpi::Communicator world = mpi::Communicator::world();
    results::ShardFile file = results::ShardFile::open_or_create(world, path, plan, 0);
    std::int64_t turn = 0;
    for (const std::int64_t row : file.units()) {
        if (file.state(row) != results::UnitState::pending ||
            plan.units[static_cast<std::size_t>(row)].canonical_row != row)
            continue;
        if (turn++ % world.size() != world.rank())
            continue;
        std::this_thread::sleep_for(std::chrono::microseconds(microseconds));
        file.write(row, results::made_up(plan, row));
    }
    file.close();
}

}  // namespace

int main(int argc, char** argv)
{
    const mpi::Session session(argc, argv);
    try {
        const std::string verb = argv[1];
        if (verb == "write")
            write(argv[2], std::stoi(argv[3]));
        else
            std::cout << to_text(results::aggregate(std::array{std::filesystem::path(argv[2])}, argv[3]));
        return 0;
    } catch (const Error& error) {
        std::cerr << error.what() << '\n';
        return static_cast<int>(error.code());
    }
}
