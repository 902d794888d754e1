#include "support/temporary_folder.hpp"

#include <gtest/gtest.h>

#include <fstream>

namespace specsweep {
namespace {

TEST(TemporaryFolder, IsEmptyAndItsOwn)
{
    const TemporaryFolder first;
    const TemporaryFolder second;
    EXPECT_TRUE(std::filesystem::is_empty(first.path()));
    EXPECT_NE(first.path(), second.path());
}

TEST(TemporaryFolder, GoesWithAllItHolds)
{
    std::filesystem::path path;
    {
        const TemporaryFolder folder;
        path = folder.path();
        std::filesystem::create_directories(folder / "a/b");
        std::ofstream(folder / "a/b/file") << "text";
    }
    EXPECT_FALSE(std::filesystem::exists(path));
}

}  // namespace
}  // namespace specsweep
