#include "hdf5/file.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/error.hpp"
#include "hdf5/attribute.hpp"
#include "hdf5/column.hpp"
#include "hdf5/seal.hpp"
#include "support/temporary_folder.hpp"

namespace specsweep::hdf5 {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string bytes_of(const std::filesystem::path& path)
{
    std::ifstream in(path, std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

void write_sample(const std::filesystem::path& path)
{
    File file = File::create(path, 8192);
    write_attribute(file, "/", "format", std::string_view("sample"));
    file.create_group("/g");
    Column<double>::create(file, "/g/x", 100, 0.25);
    file.close();
}

TEST(File, EqualContentsHaveEqualBytes)
{
    const TemporaryFolder folder;
    write_sample(folder / "a.h5");
    write_sample(folder / "b.h5");
    EXPECT_EQ(bytes_of(folder / "a.h5"), bytes_of(folder / "b.h5"));
}

TEST(File, OpensAgainAfterItsWriterWasKilled)
{
    const TemporaryFolder folder;
    write_sample(folder / "a.h5");
    seal(folder / "a.h5");
    const pid_t child = ::fork();
    if (child == 0) {
        File file = File::open(folder / "a.h5", Access::write);
        Column<double>::open(file, "/g/x").write(3, 0.5);
        file.flush();
        ::raise(SIGKILL);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status));
    EXPECT_EQ(Column<double>::open(File::open(folder / "a.h5", Access::read), "/g/x").read(3), 0.5);
    EXPECT_EQ(Column<double>::open(File::open(folder / "a.h5", Access::write), "/g/x").read(4), 0.25);
}

TEST(File, OpensWhateverLocksOthersHold)
{
    const TemporaryFolder folder;
    const auto path = folder / "x.h5";
    File::create(path);
    const int other = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
    for (const int lock : {LOCK_SH, LOCK_EX}) {  // what HDF5 takes for a reader, and for a writer
        ASSERT_EQ(::flock(other, lock | LOCK_NB), 0);
        EXPECT_NO_THROW(File::open(path, Access::write));
        EXPECT_NO_THROW(File::open(path, Access::read));
    }
    ::close(other);
}

TEST(File, DoesNotOverwrite)
{
    const TemporaryFolder folder;
    write_sample(folder / "a.h5");
    EXPECT_THROW(File::create(folder / "a.h5"), IoError);
}

TEST(File, SaysWhyItCannotBeCreated)
{
    const TemporaryFolder folder;
    try {
        File::create(folder / "missing" / "a.h5");
        FAIL();
    } catch (const IoError& error) {
        EXPECT_THAT(error.what(), HasSubstr("No such file or directory"));
    }
}

TEST(File, TellsMissingFromForeignFromTruncated)
{
    const TemporaryFolder folder;
    EXPECT_THROW(File::open(folder / "a.h5", Access::read), IoError);
    EXPECT_THROW(File::open(folder.path(), Access::read), IoError);
    std::ofstream(folder / "text.h5") << "not HDF5 at all";
    EXPECT_THROW(File::open(folder / "text.h5", Access::read), InputError);
    std::ofstream(folder / "empty.h5").close();
    EXPECT_THROW(File::open(folder / "empty.h5", Access::read), InputError);
    write_sample(folder / "a.h5");
    std::filesystem::resize_file(folder / "a.h5", std::filesystem::file_size(folder / "a.h5") - 1);
    try {
        File::open(folder / "a.h5", Access::read);
        FAIL();
    } catch (const InputError& error) {
        EXPECT_THAT(error.what(), HasSubstr("truncated"));
    }
}

TEST(Seal, FindsEveryFlippedBitOutsideOfRawData)
{
    const TemporaryFolder folder;
    const std::filesystem::path path = folder / "a.h5";
    write_sample(path);
    seal(path);
    const std::string intact = bytes_of(path);
    std::int64_t first = 0;
    std::int64_t last = 0;
    {
        const auto range = Dataset::byte_range(File::open(path, Access::read), "/g/x");
        first = range.first;
        last = range.first + range.bytes;
    }
    for (std::size_t at = 16; at < intact.size(); at += 7) {
        std::string flipped = intact;
        flipped[at] = static_cast<char>(flipped[at] ^ 0x20);
        std::ofstream(path, std::ios::binary | std::ios::trunc) << flipped;
        const auto offset = static_cast<std::int64_t>(at);
        const bool may_change = (offset >= first && offset < last) || (offset >= 4116 && offset < 4120);
        if (may_change)
            EXPECT_NO_THROW(File::open(path, Access::read)) << at;
        else
            EXPECT_THROW(File::open(path, Access::read), InputError) << at;
    }
}

TEST(File, ListsAndFindsMembers)
{
    const TemporaryFolder folder;
    write_sample(folder / "a.h5");
    const File file = File::open(folder / "a.h5", Access::read);
    EXPECT_THAT(file.names("/"), ElementsAre("g"));
    EXPECT_THAT(file.names("/g"), ElementsAre("x"));
    EXPECT_TRUE(file.contains("/g/x"));
    EXPECT_FALSE(file.contains("/g/y"));
    EXPECT_FALSE(file.contains("/h/x"));
}

TEST(Attribute, KeepsTextAndNumbers)
{
    const TemporaryFolder folder;
    File file = File::create(folder / "a.h5");
    write_attribute(file, "/", "text", std::string_view("σ"));
    write_attribute(file, "/", "empty", std::string_view(""));
    write_attribute(file, "/", "integer", std::int64_t{-3});
    write_attribute(file, "/", "real", 1e-4);
    EXPECT_EQ(read_text_attribute(file, "/", "text"), "σ");
    EXPECT_EQ(read_text_attribute(file, "/", "empty"), "");
    EXPECT_EQ(read_integer_attribute(file, "/", "integer"), -3);
    EXPECT_EQ(read_real_attribute(file, "/", "real"), 1e-4);
    EXPECT_FALSE(has_attribute(file, "/", "other"));
    EXPECT_FALSE(has_attribute(file, "/nowhere", "text"));
    EXPECT_THROW(static_cast<void>(read_integer_attribute(file, "/", "text")), InputError);
    EXPECT_THROW(static_cast<void>(read_text_attribute(file, "/", "real")), InputError);
    EXPECT_THROW(static_cast<void>(read_text_attribute(file, "/", "other")), InputError);
}

}  // namespace
}  // namespace specsweep::hdf5
