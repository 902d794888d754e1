#include "verdicts/code_bits.hpp"

#include <gtest/gtest.h>

namespace specsweep::verdicts {
namespace {

TEST(CodeBits, AreThoseOfOneCodeWithoutItsScales)
{
    EXPECT_EQ(code_bits("int"), 4);
    EXPECT_EQ(code_bits("int:bits=2,block=16"), 2);
    EXPECT_EQ(code_bits("int:block=16,bits=8"), 8);
    EXPECT_EQ(code_bits("uniform:block=channel"), 4);
    EXPECT_EQ(code_bits("nvfp4:block=16x16"), 4);
    EXPECT_EQ(code_bits("mxfp6:element=e2m3"), 6);
    EXPECT_EQ(code_bits("fp:e=3,m=2"), 6);
    EXPECT_EQ(code_bits("binary"), 1);
    EXPECT_EQ(code_bits("q6_k"), 6);
}

TEST(CodeBits, AreUnknownForFormatsWithoutCodes)
{
    EXPECT_FALSE(code_bits("reference"));
    EXPECT_FALSE(code_bits("checkpoint:digest=00"));
    EXPECT_FALSE(code_bits("fp:e=3"));
    EXPECT_FALSE(code_bits(""));
}

TEST(WithoutParameter, LeavesTheOthers)
{
    EXPECT_EQ(without_parameter("int:bits=8,norm=spectral", "norm"), "int:bits=8");
    EXPECT_EQ(without_parameter("int:norm=spectral", "norm"), "int");
    EXPECT_EQ(without_parameter("int:block=32,norm=spectral,scheme=asymmetric", "norm"),
              "int:block=32,scheme=asymmetric");
    EXPECT_EQ(without_parameter("int:norm=spectral,scheme=asymmetric", "norm"), "int:scheme=asymmetric");
    EXPECT_EQ(without_parameter("nvfp4", "norm"), "nvfp4");
}

TEST(Parameter, IsFoundByItsWholeName)
{
    EXPECT_EQ(parameter("int:bits=2,block=16", "block"), "16");
    EXPECT_FALSE(parameter("int:bits=2,block=16", "bit"));
    EXPECT_FALSE(parameter("int", "bits"));
}

}  // namespace
}  // namespace specsweep::verdicts
