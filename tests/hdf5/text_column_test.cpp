#include "hdf5/text_column.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.hpp"
#include "support/python.hpp"
#include "support/temporary_folder.hpp"

namespace specsweep::hdf5 {
namespace {

using ::testing::ElementsAre;

TEST(TextColumn, KeepsUtf8AndFullWidth)
{
    const TemporaryFolder folder;
    {
        File file = File::create(folder / "a.h5");
        auto column = TextColumn::create(file, "/t", 4, 8);
        column.write(1, std::string("σ₁ é"));
        column.write(2, std::string("12345678"));
    }
    const File file = File::open(folder / "a.h5", Access::read);
    EXPECT_THAT(TextColumn::open(file, "/t").read_all(), ElementsAre("", "σ₁ é", "12345678", ""));
}

TEST(TextColumn, CutsBetweenCharacters)
{
    EXPECT_EQ(cut_utf8("abc", 8), "abc");
    EXPECT_EQ(cut_utf8("abcdef", 4), "abcd");
    EXPECT_EQ(cut_utf8("abcé", 4), "abc");
    EXPECT_EQ(cut_utf8("₁₂", 5), "₁");
    EXPECT_EQ(cut_utf8("₁", 2), "");
}

TEST(TextColumn, ReadsBlocksOfMoreThanOne)
{
    const TemporaryFolder folder;
    File file = File::create(folder / "a.h5");
    std::vector<std::string> many(70001);
    for (std::size_t i = 0; i < many.size(); ++i)
        many[i] = std::to_string(i);
    auto column = TextColumn::create(file, "/t", static_cast<std::int64_t>(many.size()), 8);
    column.write(0, many);
    EXPECT_EQ(column.read_all(), many);
}

TEST(TextColumn, RefusesNumbersAndVariableLengthStrings)
{
    if (!python_is_available())
        GTEST_SKIP() << "no python3 with h5py";
    const TemporaryFolder folder;
    run_python("import sys, h5py\nf = h5py.File(sys.argv[1], 'w'); f['v'] = ['a', 'bc']; f['n'] = [1, 2]",
               {(folder / "a.h5").string()});
    const File file = File::open(folder / "a.h5", Access::read);
    EXPECT_THROW(TextColumn::open(file, "/v"), InputError);
    EXPECT_THROW(TextColumn::open(file, "/n"), InputError);
}

TEST(TextColumn, IsReadByH5pyAsText)
{
    if (!python_is_available())
        GTEST_SKIP() << "no python3 with h5py";
    const TemporaryFolder folder;
    {
        File file = File::create(folder / "a.h5");
        TextColumn::create(file, "/t", 1, 16).write(0, std::string("größe"));
    }
    const PythonResult read = run_python(
        "import sys, h5py\nd = h5py.File(sys.argv[1])['t']\nprint(d.asstr()[0], h5py.check_string_dtype(d.dtype))",
        {(folder / "a.h5").string()});
    EXPECT_EQ(read.output, "größe string_info(encoding='utf-8', length=16)\n");
}

}  // namespace
}  // namespace specsweep::hdf5
