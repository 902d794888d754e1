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
#include "hdf5/table.hpp"
#include "hdf5/text_column.hpp"
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

/// One dataset of each kind, some attributes. @param text of an attribute
Directory write_every_kind(const std::filesystem::path& path, std::string_view text)
{
    File file = File::create(path, 8192);
    write_attribute(file, "/", "title", text);
    write_attribute(file, "/", "count", std::int64_t{-7});
    write_attribute(file, "/", "tolerance", 1e-4);
    file.create_group("/g");
    Column<double>::create(file, "/g/f8", 3, 0.25).write(1, 0.5);
    Column<std::int64_t>::create(file, "/g/i8", 3, -1);
    Column<std::int32_t>::create(file, "/g/i4", 3, -2);
    Column<std::uint32_t>::create(file, "/g/u4", 3, 3U);
    Column<std::uint8_t>::create(file, "/g/u1", 3, std::uint8_t{4});
    Column<double>::create(file, "/g/none", 0, 0.0);
    TextColumn::create(file, "/g/text", 3, 8).write(2, "größe");
    Table::create(file, "/g/table", 2, 3).write(1, std::vector<double>{1, 2, 3});
    file.create_group("/g-h");
    Column<double>::create(file, "/g-h/f8", 1, 0.5);
    const Directory created = file.created();
    file.close();
    return created;
}

void expect_every_kind(const File& file, std::string_view text)
{
    EXPECT_EQ(read_text_attribute(file, "/", "title"), text);
    EXPECT_EQ(read_integer_attribute(file, "/", "count"), -7);
    EXPECT_EQ(read_real_attribute(file, "/", "tolerance"), 1e-4);
    EXPECT_FALSE(has_attribute(file, "/", "nothing"));
    EXPECT_THROW(read_integer_attribute(file, "/", "title"), InputError);
    EXPECT_THAT(Column<double>::open(file, "/g/f8").read_all(), ElementsAre(0.25, 0.5, 0.25));
    EXPECT_THAT(Column<std::int64_t>::open(file, "/g/i8").read_all(), ElementsAre(-1, -1, -1));
    EXPECT_THAT(Column<std::int32_t>::open(file, "/g/i4").read_all(), ElementsAre(-2, -2, -2));
    EXPECT_THAT(Column<std::uint32_t>::open(file, "/g/u4").read_all(), ElementsAre(3, 3, 3));
    EXPECT_THAT(Column<std::uint8_t>::open(file, "/g/u1").read_all(), ElementsAre(4, 4, 4));
    EXPECT_TRUE(Column<double>::open(file, "/g/none").read_all().empty());
    EXPECT_THAT(TextColumn::open(file, "/g/text").read_all(), ElementsAre("", "", "größe"));
    std::vector<double> row(3);
    Table::open(file, "/g/table").read(1, row);
    EXPECT_THAT(row, ElementsAre(1, 2, 3));
    EXPECT_THROW(Column<double>::open(file, "/g/i8"), InputError);
    EXPECT_THROW(Column<double>::open(file, "/g/table"), InputError);
    EXPECT_THROW(Table::open(file, "/g/f8"), InputError);
    EXPECT_THROW(Column<double>::open(file, "/g/nothing"), InputError);
    EXPECT_TRUE(file.contains("/g") && file.contains("/g/f8") && !file.contains("/g/f") && !file.contains("/h"));
}

TEST(File, ReadsTheSameByItsDirectoryAsByHdf5)
{
    const TemporaryFolder folder;
    write_every_kind(folder / "a.h5", "a title");
    const File plain = File::open(folder / "a.h5", Access::read);
    EXPECT_EQ(plain.directory(), nullptr) << "not sealed yet";
    expect_every_kind(plain, "a title");
    seal(folder / "a.h5");
    const File sealed = File::open(folder / "a.h5", Access::read);
    ASSERT_NE(sealed.directory(), nullptr);
    expect_every_kind(sealed, "a title");
    EXPECT_THAT(sealed.names("/"), ElementsAre("g", "g-h")) << "HDF5 opens it when it is needed";
}

TEST(File, KnowsWhatItCreatedAsHdf5ListsIt)
{
    const TemporaryFolder folder;
    const Directory created = write_every_kind(folder / "a.h5", "a title");
    std::filesystem::copy_file(folder / "a.h5", folder / "b.h5");
    seal(folder / "a.h5");
    seal(folder / "b.h5", created);
    EXPECT_EQ(bytes_of(folder / "a.h5"), bytes_of(folder / "b.h5"));
}

TEST(File, HasNoDirectoryOfWhatHasNoLine)
{
    const TemporaryFolder folder;
    for (const std::string& text : {std::string("two\nlines"), std::string(5000, 'x')}) {
        write_every_kind(folder / "a.h5", text);
        seal(folder / "a.h5");
        const File file = File::open(folder / "a.h5", Access::read);
        EXPECT_EQ(file.directory(), nullptr);
        expect_every_kind(file, text);
        std::filesystem::remove(folder / "a.h5");
    }
}

TEST(Directory, RefusesWhatLiesBeyondTheFile)
{
    EXPECT_TRUE(Directory::parse("f8 100 2 3 /g/x\n", 148));
    for (const char* text :
         {"f8 100 2 3 /g/x\n", "f8 100 2 3 /g/x", "f9 0 1 0 /g/x\n", "f8 -8 1 0 /g/x\n",
          "f8 0 4611686018427387904 4 /g/x\n", "s0 0 1 0 /g/x\n", "@i n 1x\n", "@x n 1\n", "f8 0 1\n"})
        EXPECT_FALSE(Directory::parse(text, 147)) << text;
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
