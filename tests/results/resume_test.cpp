#include "results/resume.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>

#include "base/error.hpp"
#include "results/file_lock.hpp"
#include "results/layout.hpp"
#include "serial_shard.hpp"
#include "support/temporary_folder.hpp"

namespace specsweep::results {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string message_of(const std::function<void()>& action)
{
    try {
        action();
    } catch (const Error& error) {
        return error.what();
    }
    return "nothing was thrown";
}

/// The exit code that `action` asks for, in a process of its own.
int exit_code_of(const std::function<void()>& action)
{
    const pid_t child = ::fork();
    if (child == 0) {
        try {
            action();
        } catch (const Error& error) {
            ::_exit(static_cast<int>(error.code()));
        }
        ::_exit(0);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

class Resume : public ::testing::Test {
protected:
    const TemporaryFolder folder;
    const std::filesystem::path path = folder / "shard-0000.h5";
    const sweep::Plan plan = small_plan();
    const Contents contents = shard_contents(plan, 0);
};

TEST_F(Resume, ANewFileIsPendingAndFullSize)
{
    const ResumePoint point = resume_point(path, plan);
    EXPECT_EQ(count(point, UnitState::pending), 21);
    EXPECT_EQ(point.run_slot, 0);
    const auto size = std::filesystem::file_size(path);
    fill_shard(path, plan);
    EXPECT_EQ(std::filesystem::file_size(path), size);
}

/// What salvage relies on: first all bookkeeping of HDF5, then raw data, and nothing after.
TEST_F(Resume, MetadataLieTogetherAtTheStart)
{
    fill_shard(path, plan);
    const hdf5::File file = hdf5::File::open(path, hdf5::Access::read);
    std::int64_t first = file.size_bytes();
    std::int64_t raw = 0;
    for (const std::string& group : file.names("/"))
        for (const std::string& name : file.names("/" + group)) {
            const auto range = hdf5::Dataset::byte_range(file, "/" + group + "/" + name);
            raw += range.bytes;
            first = std::min(first, range.first);
        }
    EXPECT_GE(first, layout::metadata_bytes);
    EXPECT_LT(file.size_bytes() - first - raw, 8192) << "a second block of metadata is as large as the first";
}

TEST_F(Resume, KeepsWhatIsDoneAndWhatFailed)
{
    fill_shard(path, plan, 0, [&](std::int64_t row) {
        if (row > 5)
            return UnitResult{};
        UnitResult result = made_up(plan, row);
        if (row == 2)
            result = {.state = UnitState::failed,
                      .reason = "unit:nonfinite[1,2]=nan",
                      .method = "",
                      .sigma = {},
                      .error = {},
                      .moments = {},
                      .timing = {}};
        return result;
    });
    const ResumePoint point = resume_point(path, plan);
    EXPECT_EQ(count(point, UnitState::done), 5);
    EXPECT_EQ(point.states[2], UnitState::failed);
    EXPECT_TRUE(point.damaged.empty());
}

TEST_F(Resume, RefusesAnotherSweepAndNamesBoth)
{
    fill_shard(path, plan);
    sweep::Plan other = small_plan();
    other.seed = 3;
    other.name = "else";
    sweep::seal(other);
    const std::string before = bytes_of(path);
    EXPECT_THROW(resume_point(path, other), UsageError);
    EXPECT_THAT(message_of([&] { resume_point(path, other); }),
                AllOf(HasSubstr(plan.sweep_sha256), HasSubstr(other.sweep_sha256)));
    EXPECT_EQ(bytes_of(path), before);
}

TEST_F(Resume, RefusesAnotherCut)
{
    fill_shard(path, small_plan(2), 0);
    EXPECT_THROW(resume_point(path, small_plan(2), 1), UsageError);
    EXPECT_THROW(resume_point(path, plan), UsageError);
}

TEST_F(Resume, AFileOfSomethingElseIsLeftAlone)
{
    std::ofstream(path) << "my thesis";
    EXPECT_THROW(resume_point(path, plan), InputError);
    EXPECT_EQ(bytes_of(path), "my thesis");
    std::filesystem::resize_file(path, 0);
    EXPECT_THROW(resume_point(path, plan), InputError);
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path()), {}), 1) << "nothing is left behind";
}

/// A flipped bit costs the unit it is in, and no other.
TEST_F(Resume, FindsAFlippedBitInEveryPartOfAUnit)
{
    struct Part {
        std::string_view dataset;
        std::int64_t element;
        std::int64_t row;
    };
    const std::int64_t offset = contents.units[4].sigma_offset;
    for (const Part& part : {Part{layout::spectra::sigma, offset + 2, 4}, Part{layout::spectra::error, offset, 4},
                             Part{layout::moments::values, 7, 7}, Part{layout::moments::values, 0, 0},
                             Part{layout::units::method, 8, 8}, Part{layout::units::content_crc, 20, 20}}) {
        std::filesystem::remove(path);
        fill_shard(path, plan);
        std::int64_t at = 0;
        {
            const hdf5::File file = hdf5::File::open(path, hdf5::Access::read);
            const auto range = hdf5::Dataset::byte_range(file, part.dataset);
            const std::int64_t elements = part.dataset.starts_with("/spectra") ? contents.sigma_total : 21;
            at = range.first + part.element * (range.bytes / elements);
        }
        flip_byte(path, at);
        const ResumePoint point = resume_point(path, plan);
        EXPECT_THAT(point.damaged, ElementsAre(part.row)) << part.dataset;
        EXPECT_EQ(count(point, UnitState::pending), 1);
        EXPECT_EQ(count(point, UnitState::done), 20);
        EXPECT_TRUE(resume_point(path, plan).damaged.empty()) << "it is pending now";
    }
}

/// Wherever a bit flips: the file is refused untouched or goes on with every unit that the bit is not in.
TEST_F(Resume, AFlippedBitAnywhereCostsAtMostTheUnitsItIsIn)
{
    fill_shard(path, plan);
    const std::string intact = bytes_of(path);
    for (std::size_t at = 5; at < intact.size(); at += 1237) {
        std::ofstream(path, std::ios::binary | std::ios::trunc) << intact;
        flip_byte(path, static_cast<std::int64_t>(at), 0x04);
        const ResumePoint point = resume_point(path, plan);
        // One stretch of equal content has two rows.
        EXPECT_GE(count(point, UnitState::done), 19) << at;
    }
}

TEST_F(Resume, ATruncatedFileKeepsItsIntactUnits)
{
    fill_shard(path, plan);
    const std::string intact = bytes_of(path);
    hdf5::Dataset::ByteRange sigma, error;
    {
        const hdf5::File file = hdf5::File::open(path, hdf5::Access::read);
        sigma = hdf5::Dataset::byte_range(file, layout::spectra::sigma);
        error = hdf5::Dataset::byte_range(file, layout::spectra::error);
    }
    const auto done_after_cut = [&](std::int64_t size) {
        std::ofstream(path, std::ios::binary | std::ios::trunc) << intact;
        std::filesystem::resize_file(path, static_cast<std::uintmax_t>(size));
        const ResumePoint point = resume_point(path, plan);
        EXPECT_EQ(std::filesystem::file_size(path), intact.size());
        EXPECT_EQ(std::filesystem::file_size(path.string() + ".damaged"), static_cast<std::uintmax_t>(size));
        EXPECT_EQ(count(point, UnitState::done) + std::ssize(point.damaged), 21);
        return count(point, UnitState::done);
    };
    EXPECT_EQ(done_after_cut(static_cast<std::int64_t>(intact.size()) - 1), 21);
    EXPECT_EQ(done_after_cut(error.first + error.bytes), 21) << "only timing and provenance are lost";
    // The three units of the 0 x 6 matrix have no values to lose; those of the zero matrix get theirs back, which is
    // zero.
    EXPECT_EQ(done_after_cut(error.first + 8 * (3 * 13) - 8), 21 - 2) << "one bound, shared by units 11 and 14";
    EXPECT_EQ(done_after_cut(error.first + 8 * 14), 6 + 4) << "bounds of units 0 to 3: 3 + 3 + 3 + 5";
    EXPECT_EQ(done_after_cut(error.first), 6);
    EXPECT_EQ(done_after_cut(sigma.first), 6);
}

TEST_F(Resume, WhatSalvageCouldNotKeepIsComputedAgain)
{
    fill_shard(path, plan);
    std::int64_t cut = 0;
    {
        const hdf5::File file = hdf5::File::open(path, hdf5::Access::read);
        cut = hdf5::Dataset::byte_range(file, layout::spectra::error).first;
    }
    std::filesystem::resize_file(path, static_cast<std::uintmax_t>(cut));
    fill_shard(path, plan);
    EXPECT_EQ(count(resume_point(path, plan), UnitState::done), 21);
}

TEST_F(Resume, RowsOfOneIdAreBroughtToTheSameState)
{
    fill_shard(path, plan);
    {
        hdf5::File file = hdf5::File::open(path, hdf5::Access::write);
        UnitStore::open(file, contents).write_state(12, UnitState::pending);
    }
    EXPECT_EQ(count(resume_point(path, plan), UnitState::done), 21);
}

TEST_F(Resume, StaleTemporariesOfAKilledRunAreRemoved)
{
    std::ofstream(folder / ".shard-0000.h5.12345.tmp") << "half a file";
    std::ofstream(folder / "shard-0000.h5-1-12345.lock") << "0";
    resume_point(path, plan);
    EXPECT_FALSE(std::filesystem::exists(folder / ".shard-0000.h5.12345.tmp"));
    EXPECT_FALSE(std::filesystem::exists(folder / "shard-0000.h5-1-12345.lock"));
}

TEST_F(Resume, NoSpaceShowsBeforeTheFirstUnit)
{
    const int code = exit_code_of([&] {
        ::signal(SIGXFSZ, SIG_IGN);
        const rlimit limit{100000, 100000};
        ::setrlimit(RLIMIT_FSIZE, &limit);
        resume_point(path, plan);
    });
    EXPECT_EQ(code, 74);
    EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

TEST(FileLock, ASecondRunIsRefusedUntilTheFirstHasEnded)
{
    const TemporaryFolder folder;
    {
        FileLock lock(folder / "a.h5");
        EXPECT_EQ(exit_code_of([&] { FileLock(folder / "a.h5"); }), 64);
        EXPECT_EQ(exit_code_of([&] { FileLock(folder / "b.h5"); }), 0);
    }
    EXPECT_EQ(exit_code_of([&] { FileLock(folder / "a.h5"); }), 0);
    EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

TEST(FileLock, AKilledRunGivesItBack)
{
    const TemporaryFolder folder;
    EXPECT_EQ(exit_code_of([&] {
                  const FileLock lock(folder / "a.h5");
                  ::raise(SIGKILL);
              }),
              128 + SIGKILL);
    EXPECT_NO_THROW(FileLock(folder / "a.h5"));
}

}  // namespace
}  // namespace specsweep::results
