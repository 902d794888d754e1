#include "sweep/quantizer_axes.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "base/error.hpp"

namespace specsweep::sweep {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

QuantizerEntry entry(const std::string& text)
{
    return parse_quantizer_entry(parse_yaml(text, "m.yaml"), "quantizers[0]", FieldCatalogue::builtin());
}

std::vector<std::string> texts(const std::string& text)
{
    std::vector<std::string> result;
    for (const AxisPoint& point : points(entry(text)))
        result.push_back(point.text());
    return result;
}

std::string problem(const std::string& text)
{
    try {
        entry(text);
    } catch (const UsageError& error) {
        return error.what();
    }
    return "accepted";
}

TEST(QuantizerAxes, ATextIsOnePoint)
{
    EXPECT_THAT(texts("nvfp4"), ElementsAre("nvfp4"));
    EXPECT_THAT(texts("'int:block=32,bits=4'"), ElementsAre("int:bits=4,block=32"));
    EXPECT_TRUE(entry("reference").is_reference);
    EXPECT_FALSE(entry("nvfp4").is_reference);
}

TEST(QuantizerAxes, AListIsAProductAxisAndTheLastIsTheFastest)
{
    EXPECT_THAT(
        texts("{format: int, bits: [2, 3], block: [16, 32]}"),
        ElementsAre("int:bits=2,block=16", "int:bits=2,block=32", "int:bits=3,block=16", "int:bits=3,block=32"));
    EXPECT_THAT(texts("{format: [int, uniform], bits: 8}"), ElementsAre("int:bits=8", "uniform:bits=8"));
}

TEST(QuantizerAxes, ZippedAxesAdvanceTogether)
{
    EXPECT_THAT(texts("{format: int, bits: [2, 4], block: [16, 64], zip: [[bits, block]]}"),
                ElementsAre("int:bits=2,block=16", "int:bits=4,block=64"));
    EXPECT_THAT(texts("{format: int, bits: [2, 4], block: [16, 64], zip: [bits, block]}"), testing::SizeIs(2));
    EXPECT_THAT(
        texts("{format: int, bits: [2, 4], scheme: [symmetric, asymmetric], block: [16, 64], zip: [bits, block]}"),
        ElementsAre("int:bits=2,block=16,scheme=symmetric", "int:bits=2,block=16,scheme=asymmetric",
                    "int:bits=4,block=64,scheme=symmetric", "int:bits=4,block=64,scheme=asymmetric"));
}

TEST(QuantizerAxes, SizesAreCountedWithoutMakingThePoints)
{
    const auto product = entry("{format: int, bits: [2, 3, 4], block: [16, 32, 64], scheme: [symmetric, asymmetric]}");
    EXPECT_EQ(product_size(product), 18);
    EXPECT_EQ(zipped_size(product), 18);
    const auto zipped = entry("{format: int, bits: [2, 3, 4], block: [16, 32, 64], zip: [bits, block]}");
    EXPECT_EQ(product_size(zipped), 9);
    EXPECT_EQ(zipped_size(zipped), 3);
    QuantizerEntry vast;
    for (int axis = 0; axis < 7; ++axis)
        vast.axes.push_back({"a" + std::to_string(axis), std::vector<std::string>(1000, "x")});
    EXPECT_EQ(product_size(vast), std::nullopt);
    vast.axes.resize(4);
    EXPECT_EQ(product_size(vast), 1'000'000'000'000);
}

/// Growing an axis keeps every point that was there.
TEST(QuantizerAxes, GrowingKeepsAllPoints)
{
    const auto small = texts("{format: int, bits: [3, 4], block: [16, 64]}");
    const auto grown = texts("{format: int, bits: [2, 3, 4], block: [16, 32, 64], scheme: [symmetric]}");
    std::set<std::string> canonical;
    for (const std::string& text : grown)
        canonical.insert(text.substr(0, text.find(",scheme")));
    for (const std::string& text : small)
        EXPECT_TRUE(canonical.contains(text)) << text;
}

TEST(QuantizerAxes, AQuantizerMayBeForSomeMatricesAndDeriveParameters)
{
    const auto parsed = entry("{format: int, matrices: {roles: mlp_up}, derive: {block: cols // 16}}");
    ASSERT_TRUE(parsed.matrices);
    EXPECT_THAT(parsed.matrices->roles, ElementsAre(checkpoint::Role::mlp_up));
    ASSERT_EQ(parsed.derive.size(), 1u);
    EXPECT_EQ(parsed.derive.front().key, "block");
}

TEST(QuantizerAxes, ErrorsNamePositionAndNearestName)
{
    EXPECT_THAT(problem("{format: nvfp5}"), AllOf(HasSubstr("m.yaml:1:10"), HasSubstr("'nvfp4'")));
    EXPECT_THAT(problem("{format: int, bit: 4}"), AllOf(HasSubstr("m.yaml:1:15"), HasSubstr("'bits'")));
    EXPECT_THAT(problem("{bits: 4}"), HasSubstr("has no format"));
    EXPECT_THAT(problem("'int:bits=99'"), HasSubstr("m.yaml:1:1"));
    EXPECT_THAT(problem("itn"), HasSubstr("'int'"));
    EXPECT_THAT(problem("{format: int, bits: []}"), HasSubstr("the list is empty"));
    EXPECT_THAT(problem("{format: int, bits: [4, 4]}"), HasSubstr("'4' stands twice"));
    EXPECT_THAT(problem("{format: int, bits: {a: 1}}"), HasSubstr("a text was expected"));
    EXPECT_THAT(problem("[int]"), HasSubstr("a quantizer was expected"));
    EXPECT_THAT(problem("{format: int, bits: [2, 3], block: [16], zip: [bits, block]}"),
                HasSubstr("'block' has 1 value and 'bits' has 2"));
    EXPECT_THAT(problem("{format: int, bits: [2, 3], zip: [bits, blok]}"), HasSubstr("'blok' is not an axis"));
    EXPECT_THAT(problem("{format: int, bits: [2, 3], block: [8, 16], zip: [[bits, block], [bits]]}"),
                HasSubstr("'bits' is zipped twice"));
    EXPECT_THAT(problem("{format: int, bits: 4, derive: {bits: rows}}"), HasSubstr("'bits' is given and derived"));
    EXPECT_THAT(problem("{format: int, derive: {block: colls}}"), AllOf(HasSubstr("m.yaml:1:31"), HasSubstr("'cols'")));
}

}  // namespace
}  // namespace specsweep::sweep
