#include "base/positioned_io.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <limits>
#include <vector>

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/scratch_file.hpp"
#include "support/temporary_folder.hpp"

namespace {

/// What one call of pread or pwrite does instead of all that it is asked for.
struct Misbehaviour {
    std::size_t most = std::numeric_limits<std::size_t>::max();  ///< bytes it moves
    int error = 0;                                               ///< errno it fails with
};
std::vector<Misbehaviour> next_calls;  ///< the last one first; empty: calls behave

/// @return bytes that the call may move, or -1 with errno set
ssize_t allowed(std::size_t size)
{
    if (next_calls.empty())
        return static_cast<ssize_t>(size);
    const Misbehaviour call = next_calls.back();
    next_calls.pop_back();
    errno = call.error;
    return call.error != 0 ? -1 : static_cast<ssize_t>(std::min(size, call.most));
}

}  // namespace

// In the place of libc's, for this whole test program.
extern "C" ssize_t pread(int handle, void* to, std::size_t size, off_t offset)
{
    const ssize_t count = allowed(size);
    return count < 0 ? -1 : ::syscall(SYS_pread64, handle, to, count, offset);
}

extern "C" ssize_t pwrite(int handle, const void* from, std::size_t size, off_t offset)
{
    const ssize_t count = allowed(size);
    return count < 0 ? -1 : ::syscall(SYS_pwrite64, handle, from, count, offset);
}

namespace specsweep {
namespace {

std::vector<std::byte> some_bytes(std::size_t count)
{
    std::vector<std::byte> bytes(count);
    for (std::size_t i = 0; i < count; ++i)
        bytes[i] = static_cast<std::byte>(i * 37 + 11);
    return bytes;
}

TEST(PositionedIo, GoesOnAfterShortCountsAndSignals)
{
    const TemporaryFolder folder;
    ScratchFile file(folder.path());
    const std::vector<std::byte> bytes = some_bytes(1000);
    next_calls = {{.error = EINTR}, {.most = 500}, {.error = EINTR}, {.most = 1}};
    file.write(bytes, 70);
    EXPECT_TRUE(next_calls.empty());
    std::vector<std::byte> back(bytes.size());
    next_calls = {{.most = 3}, {.error = EINTR}, {.error = EINTR}, {.most = 700}};
    file.read(back, 70);
    EXPECT_TRUE(next_calls.empty());
    EXPECT_EQ(back, bytes);
}

TEST(PositionedIo, TellsHowFarItCameAndWhy)
{
    const TemporaryFolder folder;
    write_text_file_atomically(folder.path() / "text", "0123456789");
    FileDescriptor file(folder.path() / "text");
    std::vector<std::byte> bytes(4);
    next_calls = {{.error = EIO}, {.most = 2}};
    EXPECT_THROW(file.read(bytes, 0), IoError);
    EXPECT_TRUE(next_calls.empty());
    EXPECT_THROW(file.read(bytes, 7), IoError);  // a byte too far
    EXPECT_NO_THROW(file.read(bytes, 6));
    EXPECT_EQ(bytes.back(), std::byte{'9'});
}

TEST(PositionedIo, WhatAScratchFileNeverHeldIsZero)
{
    const TemporaryFolder folder;
    ScratchFile file(folder.path());
    file.write(some_bytes(5), 0);
    std::vector<std::byte> back(8, std::byte{0xFF});
    file.read(back, 2);
    std::vector<std::byte> expected = some_bytes(5);
    expected.erase(expected.begin(), expected.begin() + 2);
    expected.resize(8);
    EXPECT_EQ(back, expected);
}

/// The system's own short count: as much as fits, then an error.
TEST(PositionedIo, AFullFileIsAnErrorAfterWhatFitted)
{
    const TemporaryFolder folder;
    ScratchFile file(folder.path());
    rlimit before{};
    ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
    const auto handler = std::signal(SIGXFSZ, SIG_IGN);
    rlimit small = before;
    small.rlim_cur = 4096;
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
    EXPECT_THROW(file.write(some_bytes(5000), 0), IoError);
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
    std::signal(SIGXFSZ, handler);
    std::vector<std::byte> back(5000);
    file.read(back, 0);
    std::vector<std::byte> expected = some_bytes(4096);
    expected.resize(5000);
    EXPECT_EQ(back, expected);
}

}  // namespace
}  // namespace specsweep
