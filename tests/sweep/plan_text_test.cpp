#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "base/error.hpp"
#include "base/json.hpp"
#include "sweep/plan_document.hpp"
#include "synthetic.hpp"

namespace specsweep::sweep {
namespace {

using testing::HasSubstr;

Plan example()
{
    Plan plan = synthetic_plan(
        "name: example\nquantizers: [{format: int, bits: [2, 4], block: [16, channel]}, {format: nvfp4, matrices: "
        "{roles: mlp_up}}]\n"
        "exclude: ['bits == 2 and rows < 50']\nshards: {count: 3}\nseed: 9\ntolerance: 0.001",
        2,
        {{"up"},
         {"query \"quoted\" ü", checkpoint::Role::attention_query, 48, 96},
         {"same", checkpoint::Role::other, 8, 8, 77}});
    plan.checkpoints[1].step.reset();
    plan.matrices[1].matrix.slice.name = "query";
    plan.matrices[1].matrix.slice.orientation = checkpoint::Orientation::in_out;
    seal(plan);
    return plan;
}

std::string problem(const std::string& text)
{
    try {
        plan_from_text(text, "p.json");
    } catch (const UsageError& error) {
        return error.what();
    }
    return "accepted";
}

std::string replaced(std::string text, const std::string& from, const std::string& to)
{
    const std::size_t place = text.find(from);
    EXPECT_NE(place, std::string::npos) << from;
    return text.replace(place, from.size(), to);
}

TEST(PlanText, ReadsWhatItWrote)
{
    const Plan plan = example();
    const Plan read = plan_from_text(plan_to_text(plan), "p.json");
    EXPECT_EQ(plan_to_text(read), plan_to_text(plan));
    EXPECT_EQ(read.sweep_sha256, plan.sweep_sha256);
    ASSERT_EQ(read.units.size(), plan.units.size());
    for (std::size_t row = 0; row < plan.units.size(); ++row) {
        EXPECT_EQ(read.units[row].id, plan.units[row].id);
        EXPECT_EQ(read.units[row].matrix, plan.units[row].matrix);
        EXPECT_EQ(read.units[row].quantizer, plan.units[row].quantizer);
        EXPECT_EQ(read.units[row].reference, plan.units[row].reference);
        EXPECT_EQ(read.units[row].canonical_row, plan.units[row].canonical_row);
        EXPECT_EQ(read.units[row].shard, plan.units[row].shard);
        EXPECT_EQ(read.units[row].predicted_seconds, plan.units[row].predicted_seconds);
        EXPECT_EQ(read.units[row].bits_per_weight, plan.units[row].bits_per_weight);
    }
    EXPECT_EQ(read.matrices[1].matrix.name, plan.matrices[1].matrix.name);
    EXPECT_EQ(read.matrices[1].matrix.slice, plan.matrices[1].matrix.slice);
    EXPECT_EQ(read.matrices[1].location.file, plan.matrices[1].location.file);
    EXPECT_EQ(read.matrices[1].location.shape, plan.matrices[1].location.shape);
    EXPECT_EQ(read.matrices[1].content_digest, plan.matrices[1].content_digest);
    EXPECT_EQ(read.matrices[1].file_mtime_ns, plan.matrices[1].file_mtime_ns);
    EXPECT_EQ(read.checkpoints[0].step, 0);
    EXPECT_EQ(read.checkpoints[1].step, std::nullopt);
    EXPECT_EQ(read.shard_count, 3);
}

TEST(PlanText, IsJsonWithOneLineAColumn)
{
    const std::string text = plan_to_text(example());
    EXPECT_TRUE(parse_json(text, "p.json").is_object());
    EXPECT_EQ(text.back(), '\n');
    EXPECT_THAT(text, HasSubstr("\n \"quantizers\": [\"reference\","));
}

TEST(PlanText, AnyEditByHandIsFound)
{
    const std::string text = plan_to_text(example());
    for (const auto& [from, to] : {std::pair("\"seed\": 9", "\"seed\": 8"),
                                   {"model0", "model9"},
                                   {"0.001", "0.01"},
                                   {"gram-two-stage", "gram-lapack"},
                                   {"\"shard_count\": 3", "\"shard_count\": 2"},
                                   {"123456789", "123456780"}})
        EXPECT_THAT(problem(replaced(text, from, to)),
                    AllOf(HasSubstr("p.json"), HasSubstr("changed after it was written")))
            << from;
    EXPECT_EQ(problem(text + "\n"), "accepted") << "blanks mean nothing";
}

TEST(PlanText, WhatIsNoPlanSaysSo)
{
    const std::string text = plan_to_text(example());
    EXPECT_THAT(problem("{}"), HasSubstr("it is not a plan"));
    EXPECT_THAT(problem("[]"), HasSubstr("it is not a plan"));
    EXPECT_THAT(problem("name: x"), HasSubstr("p.json cannot be read as a plan"));
    EXPECT_THAT(problem(text.substr(0, text.size() / 2)), HasSubstr("p.json cannot be read as a plan"));
    EXPECT_THAT(problem(replaced(text, "\"format_version\": 1", "\"format_version\": 2")),
                HasSubstr("a plan of format 2"));
    EXPECT_THAT(problem(replaced(text, "\"selections\"", "\"selektions\"")), HasSubstr("p.json"));
}

TEST(PlanText, FlippedBytesAreFoundOrMeanNothing)
{
    const std::string text = plan_to_text(example());
    const Json original = parse_json(text, "p.json");
    std::mt19937 random(17);
    for (int trial = 0; trial < 400; ++trial) {
        std::string damaged = text;
        damaged[random() % damaged.size()] = static_cast<char>(random() % 256);
        if (problem(damaged) == "accepted") {
            EXPECT_EQ(parse_json(damaged, "p.json"), original);
        }
    }
}

/// A forger can make the hash fit; indices still must not lead outside their tables.
TEST(PlanText, IndicesAreCheckedEvenWhenTheHashFits)
{
    Json document = parse_json(plan_to_text(example()), "p.json");
    document.erase("cut_sha256");
    const auto forged = [&](const char* pointer, const Json& value) {
        Json copy = document;
        copy.at(Json::json_pointer(pointer)) = value;
        copy["cut_sha256"] = cut_sha256(copy);
        return problem(copy.dump());
    };
    EXPECT_THAT(forged("/matrices/tensor/0", 99), HasSubstr("points outside its table"));
    EXPECT_THAT(forged("/matrices/tensor/0", -1), HasSubstr("points outside its table"));
    EXPECT_THAT(forged("/tensors/file/0", 99), HasSubstr("points outside its table"));
    EXPECT_THAT(forged("/matrices/checkpoint/0", 99), HasSubstr("points outside its table"));
    EXPECT_THAT(forged("/matrices/shard/0", 99), HasSubstr("p.json"));
    EXPECT_THAT(forged("/matrices/role/0", "mlp"), HasSubstr("a role"));
    EXPECT_THAT(forged("/selections/0", "0-99999999"), HasSubstr("a quantizer"));
    EXPECT_THAT(forged("/selections/0", "1"), HasSubstr("p.json"));
    EXPECT_THAT(forged("/matrices/name", Json::array({"one"})), HasSubstr("differ in length"));
    EXPECT_THAT(forged("/matrices/name/0", 7), HasSubstr("p.json"));
    EXPECT_THAT(forged("/quantizers/0", "int"), HasSubstr("p.json"));
    EXPECT_THAT(forged("/tolerance", 0.5), HasSubstr("hashes do not fit"));
}

}  // namespace
}  // namespace specsweep::sweep
