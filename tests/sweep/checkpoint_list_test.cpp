#include "sweep/checkpoint_list.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "base/file.hpp"
#include "support/temporary_folder.hpp"

namespace specsweep::sweep {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

class CheckpointList : public testing::Test {
protected:
    void make(std::initializer_list<const char*> folders)
    {
        for (const char* name : folders)
            std::filesystem::create_directories(folder / name);
    }

    std::vector<ManifestCheckpoint> parse(const std::string& text) const
    {
        return parse_checkpoints(parse_yaml(text, "m.yaml"), folder.path() / "jobs");
    }

    std::vector<std::string> ids(const std::string& text) const
    {
        std::vector<std::string> result;
        for (const auto& checkpoint : parse(text))
            result.push_back(checkpoint.id + (checkpoint.step ? "@" + std::to_string(*checkpoint.step) : ""));
        return result;
    }

    std::string problem(const std::string& text) const
    {
        try {
            parse(text);
        } catch (const UsageError& error) {
            return error.what();
        }
        return "accepted";
    }

    TemporaryFolder folder;
};

TEST_F(CheckpointList, TheDefaultIdIsTheRelativePath)
{
    make({"jobs/inner", "models/gpt2"});
    EXPECT_THAT(ids("[../models/gpt2, inner]"), ElementsAre("../models/gpt2", "inner"));
    EXPECT_THAT(ids("../models/gpt2/"), ElementsAre("../models/gpt2"));
    EXPECT_TRUE(parse("../models/gpt2").front().path.is_absolute());
    EXPECT_EQ(parse("../models/gpt2").front().path, (folder / "models/gpt2").lexically_normal());
}

TEST_F(CheckpointList, ATrajectoryIsOrderedByStep)
{
    make({"jobs", "run/step10", "run/step2", "run/step1000", "run/.hidden9"});
    write_text_file_atomically(folder / "run/step7", "a file is no checkpoint");
    EXPECT_THAT(ids("[{id: pythia, path: '../run/*', step: from_name}]"),
                ElementsAre("pythia@2", "pythia@10", "pythia@1000"));
    EXPECT_THAT(ids("'../run/step*'"), ElementsAre("../run/step2", "../run/step10", "../run/step1000"));
}

TEST_F(CheckpointList, StepsComeFromTheLastNumberOfTheName)
{
    make({"jobs", "run/checkpoint-500", "run/iter_0000100-hf"});
    EXPECT_THAT(ids("[{path: '../run/*', step: from_name}]"),
                ElementsAre("../run/iter_0000100-hf@100", "../run/checkpoint-500@500"));
    EXPECT_THAT(ids("[{path: ../run/checkpoint-500, step: 7}]"), ElementsAre("../run/checkpoint-500@7"));
    EXPECT_THAT(problem("[{path: ../run, step: from_name}]"), HasSubstr("'run' has no step in its name"));
    EXPECT_THAT(problem("[{path: ../run/step2, step: -1}]"), HasSubstr("'-1' is not a step"));
    EXPECT_THAT(problem("[{path: [../run/step2]}]"), StartsWith("m.yaml:1:9: a text was expected"));
    EXPECT_THAT(problem("[{path: ../run, step: last}]"), HasSubstr("'last' is not a step"));
}

TEST_F(CheckpointList, EqualIdsAreAnErrorWithBothFolders)
{
    make({"jobs", "a", "b"});
    EXPECT_THAT(problem("[{path: ../a, id: x}, {path: ../b, id: x}]"),
                AllOf(HasSubstr("m.yaml:1:23"), HasSubstr("'x' stands for two folders"), HasSubstr("/a and ")));
    EXPECT_THAT(problem("[../a, ../a]"), HasSubstr("'../a' stands for two folders"));
    EXPECT_THAT(problem("[{path: '../?', id: x}]"), HasSubstr("stands for two folders"));
}

TEST_F(CheckpointList, VariablesAndHomeExpand)
{
    make({"jobs", "store/gpt2"});
    ::setenv("SPECSWEEP_TEST_MODELS", (folder / "store").c_str(), 1);
    EXPECT_EQ(parse("['${SPECSWEEP_TEST_MODELS}/gpt2']").front().path, folder / "store/gpt2");
    const char* home = std::getenv("HOME");
    const std::string before = home == nullptr ? "" : home;
    ::setenv("HOME", folder.path().c_str(), 1);
    EXPECT_EQ(parse("['~/store/gpt2']").front().path, folder / "store/gpt2");
    ::setenv("HOME", before.c_str(), 1);
    ::unsetenv("SPECSWEEP_TEST_MODELS");
    EXPECT_THAT(problem("['${SPECSWEEP_TEST_MODELS}/gpt2']"),
                AllOf(HasSubstr("m.yaml:1:2"), HasSubstr("'SPECSWEEP_TEST_MODELS' is not set")));
    EXPECT_THAT(problem("['${OPEN']"), HasSubstr("'${' is not closed"));
}

TEST_F(CheckpointList, WhatIsNotThereIsNamedWithItsPosition)
{
    make({"jobs"});
    write_text_file_atomically(folder / "file", "");
    EXPECT_THAT(problem("\n- ../missing"), AllOf(HasSubstr("m.yaml:2:3"), HasSubstr("there is no checkpoint folder")));
    EXPECT_THAT(problem("[../file]"), HasSubstr("it is not a folder"));
    EXPECT_THAT(problem("['../x*/y']"), HasSubstr("no folder fits"));
    EXPECT_THAT(problem("[{pth: ../a}]"), HasSubstr("'path'"));
    EXPECT_THAT(problem("[{id: a}]"), HasSubstr("the key 'path' is missing"));
    EXPECT_THAT(problem("[]"), HasSubstr("the list is empty"));
    EXPECT_THAT(problem("[[a]]"), HasSubstr("a checkpoint was expected"));
}

}  // namespace
}  // namespace specsweep::sweep
