#pragma once

#include <cmath>
#include <random>
#include <string>
#include <vector>

namespace specsweep::spectrum {

struct TridiagonalCase {
    std::string name;
    std::vector<double> diagonal, subdiagonal;
};

inline std::vector<TridiagonalCase> tridiagonal_cases()
{
    std::vector<TridiagonalCase> cases;
    const auto add = [&](std::string name, std::size_t n, auto a, auto b) {
        TridiagonalCase one{std::move(name), {}, {}};
        for (std::size_t i = 0; i < n; ++i) {
            one.diagonal.push_back(a(static_cast<double>(i)));
            if (i + 1 < n)
                one.subdiagonal.push_back(b(static_cast<double>(i)));
        }
        cases.push_back(one);
    };
    std::mt19937_64 generator(17);
    std::normal_distribution<double> normal;
    const auto constant = [](double c) { return [c](double) { return c; }; };
    add("one", 1, constant(-3.5), constant(0));
    add("two", 2, constant(1), constant(0.25));
    add("second difference", 101, constant(2), constant(-1));
    add(
        "Wilkinson 21+", 21, [](double i) { return std::fabs(i - 10); }, constant(1));
    add(
        "glued Wilkinson", 84, [](double i) { return std::fabs(std::fmod(i, 21) - 10); },
        [](double i) { return std::fmod(i, 21) == 20 ? 1e-9 : 1.0; });
    add(
        "random", 150, [&](double) { return normal(generator); }, [&](double) { return normal(generator); });
    add(
        "graded", 60, [](double i) { return std::pow(10, -i / 4); }, [](double i) { return std::pow(10, -i / 4 - 1); });
    add(
        "graded upwards", 60, [](double i) { return std::pow(10, i / 4 - 15); },
        [](double i) { return std::pow(10, i / 4 - 16); });
    add(
        "diagonal", 40, [](double i) { return std::cos(i); }, constant(0));
    add("identity", 33, constant(1), constant(0));
    add("nearly the identity", 33, constant(1), constant(1e-17));
    add("zero diagonal", 64, constant(0), [&](double) { return normal(generator); });
    add(
        "rank one", 50, [](double i) { return i == 0 ? 7.7 : 0.0; }, constant(0));
    add(
        "tiny", 30, [&](double) { return 1e-300 * normal(generator); },
        [&](double) { return 1e-300 * normal(generator); });
    add(
        "huge", 30, [&](double) { return 1e300 * normal(generator); },
        [&](double) { return 1e300 * normal(generator); });
    return cases;
}

}  // namespace specsweep::spectrum
