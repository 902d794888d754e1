#include "support/shared.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <string>

#include "support/temporary_folder.hpp"

namespace specsweep {
namespace {

/// Sets the variable for one test and puts the old value back.
class Environment {
public:
    Environment(std::string name, const std::string& value) : name_(std::move(name))
    {
        if (const char* before = std::getenv(name_.c_str()))
            before_ = before;
        ::setenv(name_.c_str(), value.c_str(), 1);
    }
    ~Environment()
    {
        if (before_)
            ::setenv(name_.c_str(), before_->c_str(), 1);
        else
            ::unsetenv(name_.c_str());
    }
    Environment(const Environment&) = delete;
    Environment& operator=(const Environment&) = delete;

private:
    std::string name_;
    std::optional<std::string> before_;
};

TEST(SharedPath, FollowsTheEnvironmentVariable)
{
    const TemporaryFolder folder;
    std::ofstream(folder.path() / "file") << "x";
    const Environment variable("SPECSWEEP_SHARED", folder.path().string());
    EXPECT_EQ(shared_path("file"), folder.path() / "file");
    EXPECT_EQ(shared_path("no such file"), std::nullopt);
}

TEST(SharedPath, LiesBesideTheSourceFolderByDefault)
{
    const Environment variable("SPECSWEEP_SHARED", "");
    EXPECT_EQ(shared_root().filename(), "shared");
    EXPECT_TRUE(std::filesystem::exists(shared_root().parent_path()));
}

}  // namespace
}  // namespace specsweep
