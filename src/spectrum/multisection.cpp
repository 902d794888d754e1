#include "spectrum/multisection.hpp"

#include <algorithm>
#include <cmath>

#include "base/format.hpp"
#include "base/scale.hpp"
#include "spectrum/bracket.hpp"
#include "spectrum/failure.hpp"
#include "spectrum/rounding_model.hpp"

namespace specsweep::spectrum {
namespace {

constexpr std::int64_t first_pieces = 64;
constexpr std::int64_t most_pieces = 16;

/// Evaluated shifts inside one bracket, ascending. Rounding may make counts step back by the few that lie within
/// count_error() of a shift; each count is true for a matrix that near, so the running maximum is as well.
void append_parts(const Bracket& whole, std::span<const double> shifts, std::span<const SturmValue> values,
                  std::vector<Bracket>& parts)
{
    Sample left = whole.low;
    for (std::size_t i = 0; i <= shifts.size(); ++i) {
        Sample right = whole.high;
        if (i < shifts.size()) {
            right = {shifts[i], values[i]};
            right.value.count = std::clamp(right.value.count, left.value.count, whole.high.value.count);
        }
        if (right.value.count > left.value.count)
            parts.push_back({left, right});
        left = right;
    }
}

std::vector<double> interior_points(const Bracket& bracket, std::int64_t pieces)
{
    std::vector<double> points;
    for (std::int64_t i = 1; i < pieces; ++i) {
        const double x = bracket.low.x + bracket.width() * static_cast<double>(i) / static_cast<double>(pieces);
        if (x > (points.empty() ? bracket.low.x : points.back()) && x < bracket.high.x)
            points.push_back(x);
    }
    return points;
}

/// One round of step 1: every bracket cut, all shifts evaluated together.
std::vector<Bracket> cut(const ScaledTridiagonal& matrix, const std::vector<Bracket>& brackets,
                         std::int64_t least_pieces)
{
    std::vector<double> shifts;
    std::vector<std::size_t> ends;
    for (const Bracket& bracket : brackets) {
        const std::int64_t pieces = std::max(least_pieces, std::min(bracket.count(), most_pieces));
        const std::vector<double> points = interior_points(bracket, pieces);
        shifts.insert(shifts.end(), points.begin(), points.end());
        ends.push_back(shifts.size());
    }
    std::vector<SturmValue> values(shifts.size());
    evaluate_sturm(matrix, shifts, values);
    std::vector<Bracket> parts;
    std::size_t start = 0;
    for (std::size_t i = 0; i < brackets.size(); ++i) {
        const std::size_t count = ends[i] - start;
        append_parts(brackets[i], std::span(shifts).subspan(start, count), std::span(values).subspan(start, count),
                     parts);
        start = ends[i];
    }
    return parts;
}

/// Step 2, all searches together.
void search(const ScaledTridiagonal& matrix, std::vector<RootSearch>& searches)
{
    std::vector<RootSearch*> running;
    for (RootSearch& one : searches)
        if (!one.done())
            running.push_back(&one);
    std::vector<double> shifts;
    std::vector<SturmValue> values;
    while (!running.empty()) {
        shifts.clear();
        for (const RootSearch* one : running)
            shifts.push_back(one->next_shift());
        values.resize(shifts.size());
        evaluate_sturm(matrix, shifts, values);
        for (std::size_t i = 0; i < running.size(); ++i)
            running[i]->take(values[i]);
        running.erase(std::remove_if(running.begin(), running.end(), [](const RootSearch* one) { return one->done(); }),
                      running.end());
    }
}

/// The range that holds all eigenvalues, a little more than Gershgorin's.
Bracket whole_range(const ScaledTridiagonal& matrix)
{
    const double end = matrix.norm() * (1 + 8 * unit_roundoff) + 4 * matrix.count_error();
    const std::vector<double> shifts{-end, end};
    std::vector<SturmValue> values(2);
    evaluate_sturm(matrix, shifts, values);
    values[0].count = 0;
    values[1].count = matrix.order();
    return {{shifts[0], values[0]}, {shifts[1], values[1]}};
}

}  // namespace

std::vector<VerifiedEigenvalue> eigenvalues_by_multisection(const ScaledTridiagonal& matrix)
{
    std::vector<VerifiedEigenvalue> result(static_cast<std::size_t>(matrix.order()));
    if (matrix.is_zero())
        return result;
    const double resolution = 2 * unit_roundoff * matrix.norm();
    const auto settle = [&](std::int64_t index, double low, double high) {
        result[static_cast<std::size_t>(index)] = {
            scale_by_power(low + (high - low) / 2, matrix.exponent()),
            scale_by_power((high - low) / 2 + matrix.count_error(), matrix.exponent())};
    };

    std::vector<RootSearch> searches;
    std::vector<Bracket> crowded = cut(matrix, {whole_range(matrix)}, first_pieces);
    while (!crowded.empty()) {
        std::vector<Bracket> next;
        for (const Bracket& bracket : crowded) {
            const bool closed = bracket.width() <= resolution || bracket.middle() <= bracket.low.x ||
                                bracket.middle() >= bracket.high.x;
            if (bracket.count() == 1) {
                searches.emplace_back(bracket, resolution);
            } else if (closed) {
                for (std::int64_t i = 0; i < bracket.count(); ++i)
                    settle(bracket.first() + i, bracket.low.x, bracket.high.x);
            } else {
                next.push_back(bracket);
            }
        }
        crowded = cut(matrix, next, 2);
    }
    search(matrix, searches);
    for (const RootSearch& one : searches)
        settle(one.index(), one.low(), one.high());
    return result;
}

std::vector<double> verified_errors(const ScaledTridiagonal& matrix, std::span<const double> values, double margin)
{
    const std::size_t n = values.size();
    const std::int64_t order = matrix.order();
    std::vector<double> errors(n, margin);
    if (matrix.is_zero())
        return errors;
    std::vector<std::size_t> open(n);
    for (std::size_t k = 0; k < n; ++k)
        open[k] = k;
    for (int doubling = 0; !open.empty(); ++doubling) {
        if (doubling > 30)
            throw SolverFailure("singular values of a bidiagonal matrix contradict its Sturm counts",
                                fmt::format("value {} is off by more than {}", open.front() + 1, errors[open.front()]));
        std::vector<double> shifts;
        for (const std::size_t k : open) {
            shifts.push_back(scale_by_power(values[k] - errors[k], -matrix.exponent()));
            shifts.push_back(scale_by_power(values[k] + errors[k], -matrix.exponent()));
        }
        std::vector<SturmValue> samples(shifts.size());
        evaluate_sturm(matrix, shifts, samples);
        std::vector<std::size_t> still_open;
        for (std::size_t i = 0; i < open.size(); ++i) {
            const std::int64_t index = order - 1 - static_cast<std::int64_t>(open[i]);  // ascending
            if (samples[2 * i].count > index || samples[2 * i + 1].count <= index) {
                errors[open[i]] *= 2;
                still_open.push_back(open[i]);
            }
        }
        open = std::move(still_open);
    }
    const double count_error = scale_by_power(matrix.count_error(), matrix.exponent());
    for (double& error : errors)
        error += count_error;
    return errors;
}

}  // namespace specsweep::spectrum
