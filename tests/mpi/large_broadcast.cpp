#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

#include "base/memory.hpp"
#include "mpi/collectives.hpp"

namespace specsweep::mpi {
namespace {

// More than an int can count; on two ranks, which is what a small machine has memory for.
TEST(BroadcastBytes, CarriesMoreThanTwoGibibytes)
{
    const Communicator world = Communicator::world();
    constexpr std::size_t bytes = (std::size_t{1} << 31) + 4099;
    std::int64_t available = available_bytes();
    broadcast(world, available, 0);
    if (available < static_cast<std::int64_t>(3 * bytes))
        GTEST_SKIP() << "needs 7 GB of free memory; here " << available << " bytes";

    const std::vector<std::size_t> places = {0, (1UL << 30) - 1, 1UL << 30, (1UL << 31) - 1, 1UL << 31, bytes - 1};
    std::vector<std::byte> data(bytes);
    if (world.is_root()) {
        for (std::size_t i = 0; i < places.size(); ++i)
            data[places[i]] = static_cast<std::byte>(i + 1);
    }
    broadcast_bytes(world, data, 0);
    for (std::size_t i = 0; i < places.size(); ++i)
        EXPECT_EQ(data[places[i]], static_cast<std::byte>(i + 1)) << "at byte " << places[i];
    EXPECT_EQ(data[places[1] - 1], std::byte{0});
}

}  // namespace
}  // namespace specsweep::mpi
