#include "run/lease.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <fstream>
#include <thread>

#include "base/file.hpp"
#include "base/stopwatch.hpp"
#include "run/lease_holder.hpp"
#include "support/temporary_folder.hpp"

namespace specsweep::run {
namespace {

using namespace std::chrono_literals;

constexpr LeaseTimes quick{.beat = 0.05, .stale = 1.0};
const std::function<void()> nobody = [] {};

/// Another machine's holder: nothing can be known of its process.
void write_foreign(const std::filesystem::path& file)
{
    LeaseHolder holder = LeaseHolder::self();
    holder.machine = "another";
    std::ofstream(file) << holder.text();
}

TEST(Lease, KeepsASecondOneOutAndGoesWithItsHolder)
{
    const TemporaryFolder folder;
    const auto target = folder / "shard-0000.h5";
    {
        const Lease lease(target, 0, nobody, quick);
        EXPECT_TRUE(std::filesystem::exists(Lease::file_of(target)));
        EXPECT_THROW(Lease(target, 0, nobody, quick), LeaseHeld);
        EXPECT_THROW(Lease(target, 0.3, nobody, quick), LeaseHeld);
    }
    EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
    EXPECT_NO_THROW(Lease(target, 0, nobody, quick));
}

TEST(Lease, WaitsForOneThatIsGivenBack)
{
    const TemporaryFolder folder;
    const auto target = folder / "shard-0000.h5";
    auto first = std::make_unique<Lease>(target, 0, nobody, quick);
    std::thread release([&first] {
        std::this_thread::sleep_for(300ms);
        first.reset();
    });
    EXPECT_NO_THROW(Lease(target, 10, nobody, quick));
    release.join();
}

TEST(Lease, AKilledProcessOfThisMachineIsNoticedAtOnce)
{
    const TemporaryFolder folder;
    const auto target = folder / "shard-0000.h5";
    const pid_t child = ::fork();
    if (child == 0) {
        const Lease lease(target, 0, nobody, {.beat = 10, .stale = 60});
        ::_exit(0);  // no destructor: as after kill -9
    }
    ASSERT_EQ(::waitpid(child, nullptr, 0), child);
    ASSERT_TRUE(std::filesystem::exists(Lease::file_of(target)));
    EXPECT_NO_THROW(Lease(target, 0, nobody, {.beat = 10, .stale = 60}));
}

TEST(Lease, AnOldOneOfAnotherMachineIsDeadByTheClockOfTheFileSystem)
{
    const TemporaryFolder folder;
    const auto target = folder / "shard-0000.h5";
    write_foreign(Lease::file_of(target));
    const timespec past[2] = {{.tv_sec = 1'700'000'000, .tv_nsec = 0}, {.tv_sec = 1'700'000'000, .tv_nsec = 0}};
    ASSERT_EQ(::utimensat(AT_FDCWD, Lease::file_of(target).c_str(), past, 0), 0);
    EXPECT_NO_THROW(Lease(target, 0, nobody, quick));
}

TEST(Lease, OneThatNeverChangesIsDeadAfterAWhileWhateverItsTime)
{
    const TemporaryFolder folder;
    const auto target = folder / "shard-0000.h5";
    write_foreign(Lease::file_of(target));
    const timespec future[2] = {{.tv_sec = 4'000'000'000, .tv_nsec = 0}, {.tv_sec = 4'000'000'000, .tv_nsec = 0}};
    ASSERT_EQ(::utimensat(AT_FDCWD, Lease::file_of(target).c_str(), future, 0), 0);
    EXPECT_THROW(Lease(target, 0.2, nobody, quick), LeaseHeld);
    const Stopwatch watch;
    EXPECT_NO_THROW(Lease(target, 5, nobody, quick));
    EXPECT_GE(watch.seconds(), 0.9);
}

TEST(Lease, ABeatingOneOutlivesItsStaleTime)
{
    const TemporaryFolder folder;
    const auto target = folder / "shard-0000.h5";
    const Lease lease(target, 0, nobody, {.beat = 0.05, .stale = 0.5});
    EXPECT_THROW(Lease(target, 1.5, nobody, {.beat = 0.05, .stale = 0.5}), LeaseHeld);
}

TEST(Lease, AHolderLearnsThatItWasTaken)
{
    const TemporaryFolder folder;
    const auto target = folder / "shard-0000.h5";
    std::atomic<bool> lost = false;
    {
        const Lease lease(
            target, 0, [&lost] { lost = true; }, quick);
        write_foreign(Lease::file_of(target));
        std::this_thread::sleep_for(500ms);
        EXPECT_TRUE(lost);
    }
    EXPECT_TRUE(std::filesystem::exists(Lease::file_of(target)));  // not ours to remove
}

TEST(Lease, OfManyAtOnceExactlyOneIsFirst)
{
    const TemporaryFolder folder;
    const auto target = folder / "shard-0000.h5";
    write_foreign(Lease::file_of(target));  // a dead one that all want to take over
    const timespec past[2] = {{.tv_sec = 1'700'000'000, .tv_nsec = 0}, {.tv_sec = 1'700'000'000, .tv_nsec = 0}};
    ASSERT_EQ(::utimensat(AT_FDCWD, Lease::file_of(target).c_str(), past, 0), 0);
    std::atomic<int> holders = 0;
    std::atomic<int> most = 0;
    std::atomic<int> served = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < 6; ++i)
        threads.emplace_back([&] {
            const Lease lease(target, 30, nobody, {.beat = 0.05, .stale = 20});
            const int now = ++holders;
            for (int before = most; before < now && !most.compare_exchange_weak(before, now);) {
            }
            std::this_thread::sleep_for(20ms);
            --holders;
            ++served;
        });
    for (std::thread& thread : threads)
        thread.join();
    EXPECT_EQ(most, 1);
    EXPECT_EQ(served, 6);
}

TEST(LeaseHolder, SurvivesItsText)
{
    const LeaseHolder self = LeaseHolder::self();
    const auto again = LeaseHolder::parse(self.text());
    ASSERT_TRUE(again);
    EXPECT_EQ(again->id, self.id);
    EXPECT_FALSE(again->is_gone());
    EXPECT_FALSE(LeaseHolder::parse("{\"id\": 3}"));
    EXPECT_FALSE(LeaseHolder::parse("rubbish"));
    EXPECT_NE(LeaseHolder::self().id, self.id);
}

}  // namespace
}  // namespace specsweep::run
