#include "sweep/matrix_filter.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.hpp"

namespace specsweep::sweep {
namespace {

using checkpoint::Matrix;
using checkpoint::Role;
using testing::HasSubstr;

Matrix matrix(std::string tensor, std::string slice, Role role, int block, std::int64_t rows, std::int64_t cols)
{
    Matrix result;
    result.name = slice.empty() ? tensor : tensor + "#" + slice;
    result.tensor = std::move(tensor);
    result.slice = checkpoint::Slice::whole(rows, cols);
    result.slice.name = std::move(slice);
    result.role = role;
    result.block_index = block;
    return result;
}

MatrixFilter filter(const std::string& text)
{
    return parse_matrix_filter(parse_yaml(text, "m.yaml"));
}

std::string verdict(const std::string& text, const Matrix& candidate)
{
    return filter(text).refuses(candidate).value_or("selected");
}

std::string problem(const std::string& text)
{
    try {
        filter(text);
    } catch (const UsageError& error) {
        return error.what();
    }
    return "accepted";
}

const Matrix query = matrix("h.3.attn.weight", "query", Role::attention_query, 3, 64, 64);
const Matrix embedding = matrix("wte.weight", "", Role::embedding, -1, 1024, 64);

TEST(MatrixFilter, SelectsEverythingByDefault)
{
    EXPECT_EQ(verdict("{}", query), "selected");
    EXPECT_EQ(verdict("{}", embedding), "selected");
}

TEST(MatrixFilter, ByRole)
{
    EXPECT_EQ(verdict("{roles: [attention_query, mlp_up]}", query), "selected");
    EXPECT_EQ(verdict("{roles: mlp_up}", query), "roles");
    EXPECT_THAT(problem("{roles: [mlp_upp]}"), AllOf(HasSubstr("m.yaml:1:10"), HasSubstr("'mlp_up'")));
}

TEST(MatrixFilter, ByBlockWhichAnEmbeddingIsNotIn)
{
    EXPECT_EQ(verdict("{blocks: 0-11}", query), "selected");
    EXPECT_EQ(verdict("{blocks: 3}", query), "selected");
    EXPECT_EQ(verdict("{blocks: [0-2, 4]}", query), "blocks");
    EXPECT_EQ(verdict("{blocks: 0-11}", embedding), "blocks");
    for (const char* range : {"3-1", "a", "-1", "1-", "1-2-3", "''"})
        EXPECT_THAT(problem(std::string("{blocks: ") + range + "}"), HasSubstr("is not a range of blocks")) << range;
}

TEST(MatrixFilter, ByNameOfTheMatrixOrOfItsTensor)
{
    EXPECT_EQ(verdict("{include: ['*attn*']}", query), "selected");
    EXPECT_EQ(verdict("{include: ['h.3.attn.weight']}", query), "selected");
    EXPECT_EQ(verdict("{include: ['*#key']}", query), "include");
    EXPECT_EQ(verdict("{exclude: ['x', '*#query']}", query), "exclude[1]: *#query");
    EXPECT_EQ(verdict("{include: '*', exclude: 'wte*'}", embedding), "exclude[0]: wte*");
}

TEST(MatrixFilter, ByTheSmallerDimension)
{
    EXPECT_EQ(verdict("{min_size: 64}", embedding), "selected");
    EXPECT_EQ(verdict("{min_size: 65}", embedding), "min_size");
    EXPECT_EQ(verdict("{}", matrix("empty", "", Role::other, 0, 0, 7)), "min_size");
    EXPECT_THAT(problem("{min_size: 0}"), HasSubstr("at least 1"));
}

TEST(MatrixFilter, UnknownKeysAndEmptyListsAreErrors)
{
    EXPECT_THAT(problem("{role: mlp_up}"), HasSubstr("'roles'"));
    EXPECT_THAT(problem("{roles: []}"), HasSubstr("the list is empty"));
    EXPECT_THAT(problem("{roles: }"), HasSubstr("a value is missing"));
    EXPECT_THAT(problem("[roles]"), HasSubstr("a mapping"));
}

}  // namespace
}  // namespace specsweep::sweep
