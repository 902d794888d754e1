#include "base/processors.hpp"

#include <gtest/gtest.h>
#include <sched.h>

#include <fstream>
#include <string>

#include "support/temporary_folder.hpp"

namespace specsweep {
namespace {

/// A made-up /: what the process's files in proc say, and the groups' files.
class Tree {
public:
    void write(const std::string& file, const std::string& text) const
    {
        std::filesystem::create_directories((folder_ / file).parent_path());
        std::ofstream(folder_ / file) << text;
    }
    std::optional<double> quota() const { return processor_quota(folder_.path()); }

private:
    TemporaryFolder folder_;
};

constexpr const char* v2_mount = "30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n";
constexpr const char* v1_mount =
    "33 32 0:29 / /sys/fs/cgroup/cpu,cpuacct rw shared:9 - cgroup cgroup rw,cpu,cpuacct\n"
    "34 32 0:30 / /sys/fs/cgroup/cpuset rw shared:10 - cgroup cgroup rw,cpuset\n";

TEST(ProcessorQuota, IsNothingWhereNothingIsToBeSeen)
{
    const Tree tree;
    EXPECT_EQ(tree.quota(), std::nullopt);
    tree.write("proc/self/mountinfo", v2_mount);
    EXPECT_EQ(tree.quota(), std::nullopt);
    tree.write("proc/self/cgroup", "no line of this file\n0::/job\n");
    tree.write("sys/fs/cgroup/job/cpu.max", "max 100000\n");
    EXPECT_EQ(tree.quota(), std::nullopt);
    for (const char* damaged : {"", "150000\n", "150000 0\n", "-1 100000\n", "a b\n"}) {
        tree.write("sys/fs/cgroup/job/cpu.max", damaged);
        EXPECT_EQ(tree.quota(), std::nullopt) << damaged;
    }
}

TEST(ProcessorQuota, IsTheLeastOfTheGroupAndThoseAbove)
{
    const Tree tree;
    tree.write("proc/self/mountinfo", v2_mount);
    tree.write("proc/self/cgroup", "0::/slurm/job_7/step_0\n");
    tree.write("sys/fs/cgroup/slurm/job_7/step_0/cpu.max", "600000 100000\n");
    EXPECT_EQ(tree.quota(), 6);
    tree.write("sys/fs/cgroup/slurm/job_7/cpu.max", "75000 50000\n");
    EXPECT_EQ(tree.quota(), 1.5);
    tree.write("sys/fs/cgroup/slurm/cpu.max", "max 100000\n");
    tree.write("sys/fs/cgroup/other/cpu.max", "1000 100000\n");
    EXPECT_EQ(tree.quota(), 1.5);
}

TEST(ProcessorQuota, ReadsVersion1WhereverItIsMounted)
{
    const Tree tree;
    tree.write("proc/self/mountinfo", v1_mount);
    tree.write("proc/self/cgroup", "5:cpuset:/elsewhere\n4:cpu,cpuacct:/job\n0::/\n");
    tree.write("sys/fs/cgroup/cpu,cpuacct/job/cpu.cfs_quota_us", "-1\n");
    tree.write("sys/fs/cgroup/cpu,cpuacct/job/cpu.cfs_period_us", "100000\n");
    EXPECT_EQ(tree.quota(), std::nullopt);
    tree.write("sys/fs/cgroup/cpu,cpuacct/job/cpu.cfs_quota_us", "250000\n");
    tree.write("sys/fs/cgroup/cpuset/elsewhere/cpu.cfs_quota_us", "1\n");
    EXPECT_EQ(tree.quota(), 2.5);
}

/// Docker without a namespace of its own: proc names the groups of the host, and the container's lies at the mount.
TEST(ProcessorQuota, FindsTheGroupOfAContainer)
{
    const Tree tree;
    tree.write("proc/self/mountinfo", "40 23 0:26 /docker/abc /sys/fs/cgroup ro - cgroup2 cgroup2 rw\n");
    tree.write("sys/fs/cgroup/cpu.max", "300000 100000\n");
    tree.write("sys/fs/cgroup/inner/cpu.max", "200000 100000\n");
    tree.write("proc/self/cgroup", "0::/docker/abc\n");
    EXPECT_EQ(tree.quota(), 3);
    tree.write("proc/self/cgroup", "0::/docker/abc/inner\n");
    EXPECT_EQ(tree.quota(), 2);
    tree.write("proc/self/cgroup", "0::/../other\n");  // moved out of what is shown
    EXPECT_EQ(tree.quota(), 3);
}

TEST(UsableProcessors, FollowTheAffinityMask)
{
    cpu_set_t before;
    ASSERT_EQ(::sched_getaffinity(0, sizeof before, &before), 0);
    EXPECT_LE(usable_processors(), CPU_COUNT(&before));
    EXPECT_GE(usable_processors(), 1);
    int first = 0;
    while (!CPU_ISSET(first, &before))
        ++first;
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(first, &one);
    ASSERT_EQ(::sched_setaffinity(0, sizeof one, &one), 0);
    EXPECT_EQ(usable_processors(), 1);
    ASSERT_EQ(::sched_setaffinity(0, sizeof before, &before), 0);
}

}  // namespace
}  // namespace specsweep
