#include "slurm/profile.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "base/error.hpp"
#include "base/json.hpp"
#include "slurm/profile_key.hpp"
#include "support/temporary_folder.hpp"

namespace specsweep::slurm {
namespace {

Profile of_yaml(const std::string& text, const std::vector<std::string>& sets = {})
{
    const TemporaryFolder folder;
    const std::filesystem::path file = folder.path() / "p.yaml";
    std::ofstream(file) << text;
    return Profile::load(file.string(), sets);
}

std::string error_of(const std::string& text, const std::vector<std::string>& sets = {})
{
    try {
        of_yaml(text, sets);
    } catch (const UsageError& error) {
        return error.what();
    }
    return "";
}

TEST(Profile, LayersGoBuiltInProfileSet)
{
    const Profile profile = of_yaml("extends: generic\nranks: 8\n", {"ranks=4", "modules=a,b"});
    EXPECT_EQ(profile.text("launcher"), "srun");
    EXPECT_EQ(profile.integer("ranks"), 4);
    EXPECT_EQ(profile.list("modules"), (std::vector<std::string>{"a", "b"}));
    EXPECT_EQ(profile.origin("ranks"), "--set");
    EXPECT_EQ(profile.origin("launcher").substr(0, 12), "generic.yaml");
    EXPECT_EQ(profile.origin("nodes"), "built-in");
}

TEST(Profile, EveryShippedOneLoads)
{
    const std::vector<std::string> names = Profile::names();
    for (const char* wanted : {"generic", "single-node", "local-test", "lumen", "alpine"})
        EXPECT_NE(std::find(names.begin(), names.end(), wanted), names.end()) << wanted;
    for (const std::string& name : names)
        EXPECT_FALSE(Profile::load(name, {}).text("about").empty()) << name;
}

TEST(Profile, ErrorsNamePlaceAndNearestName)
{
    const std::string unknown = error_of("partitoin: main\n");
    EXPECT_NE(unknown.find("p.yaml:1:"), std::string::npos) << unknown;
    EXPECT_NE(unknown.find("'partition'"), std::string::npos) << unknown;
    EXPECT_NE(error_of("launcher: srum\n").find("srun"), std::string::npos);
    EXPECT_NE(error_of("ranks: many\n").find("whole number"), std::string::npos);
    EXPECT_NE(error_of("ranks: -1\n"), "");
    for (const char* count : {"nodes", "ranks", "cpus_per_rank", "max_array_size"})
        EXPECT_NE(error_of("about: x\n", {std::string(count) + "=0"}).find("from 1 to"), std::string::npos) << count;
    EXPECT_EQ(error_of("about: x\n", {"throttle=0", "time=0"}), "") << "0: no limit";
    EXPECT_NE(error_of("ranks: [1, 2]\n"), "");
    EXPECT_NE(error_of("extends: genric\n").find("'generic'"), std::string::npos);
    EXPECT_NE(error_of("- a\n"), "");
    EXPECT_NE(error_of("", {"ranks"}), "");
    EXPECT_NE(error_of("ranks: 1\n", {"rank=2"}).find("'ranks'"), std::string::npos);
    EXPECT_THROW(Profile::load("lumne", {}), UsageError);
}

TEST(Profile, RefusesNewlinesInEveryField)
{
    for (const ProfileKey& key : profile_keys()) {
        Profile profile;
        EXPECT_THROW(profile.set(std::string(key.name), {"a\nreboot"}, "x"), UsageError) << key.name;
    }
}

TEST(Profile, SurvivesSweepJson)
{
    const Profile profile = Profile::load("alpine", std::vector<std::string>{"ranks=7"});
    const Profile again = Profile::from_json(profile.to_json(), "sweep.json");
    for (const ProfileKey& key : profile_keys()) {
        EXPECT_EQ(again.list(key.name), profile.list(key.name)) << key.name;
        EXPECT_EQ(again.origin(key.name), profile.origin(key.name)) << key.name;
    }
    EXPECT_THROW(Profile::from_json(Json{{"ranks", 1}}, "sweep.json"), InputError);
}

}  // namespace
}  // namespace specsweep::slurm
