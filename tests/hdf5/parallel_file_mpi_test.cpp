#include <gtest/gtest.h>

#include <filesystem>

#include "hdf5/column.hpp"
#include "hdf5/file.hpp"
#include "hdf5/text_column.hpp"
#include "mpi/collectives.hpp"
#include "mpi/communicator.hpp"
#include "support/temporary_folder.hpp"

namespace specsweep::hdf5 {
namespace {

constexpr std::int64_t rows = 23;

/// One folder for all ranks, made by rank 0.
class ParallelFile : public ::testing::Test {
protected:
    ParallelFile() : world(mpi::Communicator::world().duplicate())
    {
        std::string text;
        if (world.is_root()) {
            folder.emplace();
            text = (*folder / "shared.h5").string();
            File file = File::create(text, 4096);
            Column<double>::create(file, "/x", rows, -1.0);
            Column<double>::create(file, "/y", rows, -1.0);
            Column<std::uint8_t>::create(file, "/state", rows, 0);
            TextColumn::create(file, "/t", rows, 8);
        }
        mpi::broadcast(world, text, 0);
        path = text;
    }
    ~ParallelFile() override { mpi::barrier(world); }

    mpi::Communicator world;
    std::optional<TemporaryFolder> folder;
    std::filesystem::path path;
};

TEST_F(ParallelFile, IndependentWritesOfAllRanksArrive)
{
    {
        File file = File::open_parallel(path, world);
        auto values = Column<double>::open(file, "/x");
        auto doubled = Column<double>::open(file, "/y");
        auto states = Column<std::uint8_t>::open(file, "/state");
        auto texts = TextColumn::open(file, "/t");
        for (std::int64_t row = world.rank(); row < rows; row += world.size()) {
            values.write(row, static_cast<double>(row) * 0.5);
            texts.write(row, std::to_string(row));
            states.write(row, 1);
        }
        std::vector<std::int64_t> own;
        std::vector<double> again;
        for (std::int64_t row = world.rank(); row < rows; row += world.size()) {
            own.push_back(row);
            again.push_back(static_cast<double>(row) * 0.25);
        }
        doubled.write(own, again);
        values = {};
        doubled = {};
        states = {};
        texts = {};
        file.close();
    }
    const File file = File::open(path, Access::read);
    const std::vector<double> values = Column<double>::open(file, "/x").read_all();
    const std::vector<double> doubled = Column<double>::open(file, "/y").read_all();
    const std::vector<std::string> texts = TextColumn::open(file, "/t").read_all();
    EXPECT_EQ(Column<std::uint8_t>::open(file, "/state").read_all(), std::vector<std::uint8_t>(rows, 1));
    for (std::int64_t row = 0; row < rows; ++row) {
        EXPECT_EQ(values[static_cast<std::size_t>(row)], static_cast<double>(row) * 0.5);
        EXPECT_EQ(doubled[static_cast<std::size_t>(row)], static_cast<double>(row) * 0.25);
        EXPECT_EQ(texts[static_cast<std::size_t>(row)], std::to_string(row));
    }
}

TEST_F(ParallelFile, CanBeReadByOthersWhileItIsWritten)
{
    File file = File::open_parallel(path, world);
    {
        auto values = Column<double>::open(file, "/x");
        if (world.rank() == world.size() - 1)
            values.write(0, 7.0);
        mpi::barrier(world);
        const File reader = File::open(path, Access::read);
        EXPECT_EQ(Column<double>::open(reader, "/x").read(0), 7.0);
        mpi::barrier(world);
    }
    file.close();
}

}  // namespace
}  // namespace specsweep::hdf5
