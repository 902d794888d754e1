#include "hdf5/column.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>
#include <vector>

#include "base/error.hpp"
#include "hdf5/seal.hpp"
#include "support/python.hpp"
#include "support/temporary_folder.hpp"

namespace specsweep::hdf5 {
namespace {

using ::testing::ElementsAre;

template <class T>
class TypedColumn : public ::testing::Test {
};
using Types = ::testing::Types<double, std::int64_t, std::int32_t, std::uint32_t, std::uint8_t>;
TYPED_TEST_SUITE(TypedColumn, Types);

TYPED_TEST(TypedColumn, KeepsExtremesAndFillsTheRest)
{
    const TemporaryFolder folder;
    const TypeParam most = std::numeric_limits<TypeParam>::max();
    const TypeParam least = std::numeric_limits<TypeParam>::lowest();
    {
        File file = File::create(folder / "a.h5");
        auto column = Column<TypeParam>::create(file, "/x", 5, TypeParam{7});
        column.write(1, most);
        column.write(3, least);
        EXPECT_EQ(column.element_bytes(), static_cast<std::int64_t>(sizeof(TypeParam)));
    }
    const File file = File::open(folder / "a.h5", Access::read);
    EXPECT_THAT(Column<TypeParam>::open(file, "/x").read_all(),
                ElementsAre(TypeParam{7}, most, TypeParam{7}, least, TypeParam{7}));
}

TYPED_TEST(TypedColumn, RefusesEveryOtherType)
{
    const TemporaryFolder folder;
    File file = File::create(folder / "a.h5");
    Column<TypeParam>::create(file, "/x", 2, TypeParam{0});
    int accepted = 0;
    const auto attempt = [&](auto sample) {
        try {
            Column<decltype(sample)>::open(file, "/x");
            ++accepted;
        } catch (const InputError&) {
        }
    };
    attempt(double{});
    attempt(std::int64_t{});
    attempt(std::int32_t{});
    attempt(std::uint32_t{});
    attempt(std::uint8_t{});
    EXPECT_EQ(accepted, 1);
}

TYPED_TEST(TypedColumn, KeepsWhatIsWrittenByPosition)
{
    const TemporaryFolder folder;
    const std::vector<TypeParam> values{TypeParam{3}, TypeParam{1}, TypeParam{4}, TypeParam{1}};
    {
        File file = File::create(folder / "a.h5");
        file.create_group("/g");
        auto column = Column<TypeParam>::create_unfilled(file, "/g/x", 4);
        auto other = Column<TypeParam>::create(file, "/g/y", 4, TypeParam{9});
        column.write(0, values);
        column.write(std::array<std::int64_t, 2>{1, 2}, std::array<TypeParam, 2>{TypeParam{5}, TypeParam{6}});
        EXPECT_EQ(column.read(2), TypeParam{6}) << "before HDF5 has written anything";
    }
    seal(folder / "a.h5");
    const File by_hdf5 = File::open(folder / "a.h5", Access::write);
    EXPECT_THAT(Column<TypeParam>::open(by_hdf5, "/g/x").read_all(),
                ElementsAre(TypeParam{3}, TypeParam{5}, TypeParam{6}, TypeParam{1}));
    const auto listed = File::open_listed(folder / "a.h5");
    ASSERT_TRUE(listed);
    EXPECT_THAT(Column<TypeParam>::open(*listed, "/g/x").read_all(),
                ElementsAre(TypeParam{3}, TypeParam{5}, TypeParam{6}, TypeParam{1}));
    EXPECT_EQ(Column<TypeParam>::open(*listed, "/g/y").read(3), TypeParam{9});
    EXPECT_THROW(Column<TypeParam>::open(*listed, "/g/z"), NeedsLibrary);
}

TEST(Column, OfAFileWithoutDirectoryIsNotListed)
{
    const TemporaryFolder folder;
    File::create(folder / "a.h5").close();
    EXPECT_FALSE(File::open_listed(folder / "a.h5"));
}

TEST(Column, MayBeEmpty)
{
    const TemporaryFolder folder;
    File file = File::create(folder / "a.h5");
    auto column = Column<double>::create(file, "/x", 0, 0.0);
    column.write(0, std::span<const double>());
    EXPECT_EQ(Column<double>::open(file, "/x").read_all().size(), 0U);
    EXPECT_EQ(column.file_offset(), -1);
}

TEST(Column, KeepsTheBitsOfNan)
{
    const TemporaryFolder folder;
    File file = File::create(folder / "a.h5");
    auto column = Column<double>::create(file, "/x", 1, std::numeric_limits<double>::quiet_NaN());
    EXPECT_TRUE(std::isnan(column.read(0)));
}

TEST(Column, WritesRowsThatLieApartInOneCall)
{
    const TemporaryFolder folder;
    File file = File::create(folder / "a.h5");
    auto column = Column<std::int64_t>::create(file, "/x", 7, 0);
    const std::vector<std::int64_t> rows{5, 0, 2, 3};  // in no order, neighbours among them
    const std::vector<std::int64_t> values{50, 1, 20, 30};
    column.write(rows, values);
    EXPECT_THAT(column.read_all(), ElementsAre(1, 0, 20, 30, 0, 50, 0));
    column.write(std::span<const std::int64_t>(), std::span<const std::int64_t>());
    EXPECT_THROW(column.write(rows, std::span<const std::int64_t>(values).first(2)), InternalError);
    const std::vector<std::int64_t> outside{1, 7};
    EXPECT_THROW(column.write(outside, std::span<const std::int64_t>(values).first(2)), InternalError);
    EXPECT_THAT(column.read_all(), ElementsAre(1, 0, 20, 30, 0, 50, 0)) << "a refused write changes nothing";
}

TEST(Column, RefusesRowsOutside)
{
    const TemporaryFolder folder;
    File file = File::create(folder / "a.h5");
    auto column = Column<double>::create(file, "/x", 3, 0.0);
    EXPECT_THROW(column.write(3, 1.0), InternalError);
    EXPECT_THROW(column.write(-1, 1.0), InternalError);
    EXPECT_THROW(static_cast<void>(column.read(3)), InternalError);
}

TEST(Column, LiesWhereItSays)
{
    const TemporaryFolder folder;
    std::int64_t offset = 0;
    {
        File file = File::create(folder / "a.h5", 4096);
        auto column = Column<double>::create(file, "/x", 3, 0.0);
        column.write(1, 0.1);
        offset = column.file_offset();
        EXPECT_GE(offset, 4096) << "metadata lie together before the first raw byte";
    }
    const PythonResult read = run_python(
        "import sys, struct\n"
        "raw = open(sys.argv[1], 'rb').read(); print(struct.unpack_from('<3d', raw, int(sys.argv[2])))",
        {(folder / "a.h5").string(), std::to_string(offset)});
    EXPECT_EQ(read.output, "(0.0, 0.1, 0.0)\n");
}

TEST(Column, IsReadByH5py)
{
    if (!python_is_available())
        GTEST_SKIP() << "no python3 with h5py";
    const TemporaryFolder folder;
    {
        File file = File::create(folder / "a.h5");
        file.create_group("/g");
        Column<double>::create(file, "/g/f", 2, 0.5).write(1, 1e-300);
        Column<std::int64_t>::create(file, "/g/i", 2, -1);
        Column<std::uint8_t>::create(file, "/g/b", 2, 3);
    }
    const PythonResult read = run_python(
        "import sys, h5py\n"
        "f = h5py.File(sys.argv[1])\n"
        "print(f['/g/f'][:].tolist(), f['/g/i'][:].tolist(), f['/g/b'][:].tolist(), f['/g/f'].dtype, f['/g/f'].chunks)",
        {(folder / "a.h5").string()});
    EXPECT_EQ(read.output, "[0.5, 1e-300] [-1, -1] [3, 3] float64 None\n");
}

/// Files of others: each makes /x of a shape or storage that must be refused before anything is allocated.
class HostileColumn : public ::testing::TestWithParam<const char*> {};

TEST_P(HostileColumn, IsRefused)
{
    if (!python_is_available())
        GTEST_SKIP() << "no python3 with h5py";
    const TemporaryFolder folder;
    const PythonResult made = run_python(
        std::string("import sys, h5py, numpy as np\nf = h5py.File(sys.argv[1], 'w')\n") + GetParam() + "\nf.close()\n",
        {(folder / "a.h5").string()});
    ASSERT_EQ(made.exit_code, 0) << made.output;
    const File file = File::open(folder / "a.h5", Access::read);
    EXPECT_THROW(Column<double>::open(file, "/x"), InputError);
}

INSTANTIATE_TEST_SUITE_P(
    Files, HostileColumn,
    ::testing::Values("f['y'] = np.zeros(3)", "f['x'] = np.zeros((3, 3))", "f['x'] = 1.0", "f.create_group('x')",
                      "f['x'] = np.zeros(3, '>f8')", "f['x'] = np.zeros(3, 'f4')", "f['x'] = ['a', 'b']",
                      "f.create_dataset('x', (2**60,), 'f8', chunks=(2**20,))",
                      "f.create_dataset('x', (10,), 'f8', external=[('/etc/passwd', 0, 80)])",
                      "f['x'] = h5py.SoftLink('/nowhere')", "f['x'] = h5py.ExternalLink('/etc/passwd', '/x')",
                      "f['x'] = h5py.Empty('f8')", "f.create_virtual_dataset('x', h5py.VirtualLayout((10,), 'f8'))"));

TEST(Column, TakesARepackedFile)
{
    if (!python_is_available())
        GTEST_SKIP() << "no python3 with h5py";
    const TemporaryFolder folder;
    run_python(
        "import sys, h5py, numpy as np\n"
        "h5py.File(sys.argv[1], 'w').create_dataset('x', data=np.zeros(100000), compression='gzip', chunks=(10000,))",
        {(folder / "a.h5").string()});
    const File file = File::open(folder / "a.h5", Access::read);
    EXPECT_EQ(Column<double>::open(file, "/x").read_all(), std::vector<double>(100000, 0.0));
}

}  // namespace
}  // namespace specsweep::hdf5
