#include "spectrum/sturm.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "long_double_oracle.hpp"
#include "tridiagonal_cases.hpp"

namespace specsweep::spectrum {
namespace {

std::vector<double> grid(double range, int points)
{
    std::vector<double> shifts;
    for (int i = 0; i <= points; ++i)
        shifts.push_back(range * (2.0 * i / points - 1) * 1.01);
    return shifts;
}

TEST(Sturm, CountsLieBetweenThoseOfTheTwoEndsOfItsErrorInterval)
{
    for (const TridiagonalCase& one : tridiagonal_cases()) {
        const ScaledTridiagonal matrix(one.diagonal, one.subdiagonal);
        const std::vector<double> shifts = grid(matrix.norm(), 333);
        std::vector<SturmValue> values(shifts.size());
        evaluate_sturm(matrix, shifts, values);
        for (std::size_t i = 0; i < shifts.size(); ++i) {
            const auto original = [&](double x) { return std::ldexp(static_cast<long double>(x), matrix.exponent()); };
            const double error = 1.01 * matrix.count_error();
            EXPECT_GE(values[i].count,
                      count_below_in_long_double(one.diagonal, one.subdiagonal, original(shifts[i] - error)))
                << one.name << " at " << shifts[i];
            EXPECT_LE(values[i].count,
                      count_below_in_long_double(one.diagonal, one.subdiagonal, original(shifts[i] + error)))
                << one.name << " at " << shifts[i];
        }
    }
}

TEST(Sturm, GivesTheCharacteristicPolynomialOfASmallMatrix)
{
    // det(T − x) of [[2, 1, 0], [1, −3, 0.5], [0, 0.5, 1]]
    const ScaledTridiagonal matrix(std::vector<double>{2, -3, 1}, std::vector<double>{1, 0.5});
    const double unit = std::ldexp(1.0, matrix.exponent());
    for (const double x : {-3.0, -0.7, 0.2, 1.5, 2.9}) {
        std::vector<SturmValue> value(1);
        evaluate_sturm(matrix, std::vector{x / unit}, value);
        const double expected = (2 - x) * ((-3 - x) * (1 - x) - 0.25) - (1 - x);
        EXPECT_NEAR(std::ldexp(value[0].mantissa, static_cast<int>(value[0].exponent)) * unit * unit * unit, expected,
                    1e-12);
    }
}

TEST(Sturm, GivesTheSameBitsOnEveryInstructionSetAndInAnyCompany)
{
    const TridiagonalCase one = tridiagonal_cases()[5];
    const ScaledTridiagonal matrix(one.diagonal, one.subdiagonal);
    const std::vector<double> shifts = grid(matrix.norm(), 70);
    std::vector<SturmValue> expected(shifts.size()), alone(1);
    evaluate_sturm(matrix, shifts, expected, InstructionSet::plain);
    for (const InstructionSet set : {InstructionSet::plain, InstructionSet::avx2, InstructionSet::avx512}) {
        if (set > widest_instruction_set())
            continue;
        std::vector<SturmValue> values(shifts.size());
        evaluate_sturm(matrix, shifts, values, set);
        for (std::size_t i = 0; i < shifts.size(); ++i) {
            evaluate_sturm(matrix, std::span(shifts).subspan(i, 1), alone, set);
            for (const SturmValue& value : {values[i], alone[0]}) {
                EXPECT_EQ(value.count, expected[i].count);
                EXPECT_EQ(value.mantissa, expected[i].mantissa);
                EXPECT_EQ(value.exponent, expected[i].exponent);
            }
        }
    }
}

}  // namespace
}  // namespace specsweep::spectrum
