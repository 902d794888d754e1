#include "measure/forward_error.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "measure/probe_squares.hpp"
#include "metrics/counter_random.hpp"

namespace specsweep::measure {

void ForwardSums::add(const ForwardSums& other)
{
    for (std::size_t p = 0; p < probe_count; ++p) {
        output[p] += other.output[p];
        error[p] += other.error[p];
    }
}

double ForwardSums::rms() const
{
    double out = 0;
    double err = 0;
    for (std::size_t p = 0; p < probe_count; ++p) {
        out += output[p];
        err += error[p];
    }
    return out > 0 ? std::sqrt(err / out) : std::numeric_limits<double>::quiet_NaN();
}

double ForwardSums::worst() const
{
    double most = std::numeric_limits<double>::quiet_NaN();
    for (std::size_t p = 0; p < probe_count; ++p)
        if (output[p] > 0)
            most = std::fmax(most, std::sqrt(error[p] / output[p]));
    return most;
}

Probes::Probes(std::uint64_t seed, std::int64_t cols) : cols_(cols)
{
    for (std::size_t p = 0; p < x_.size(); ++p) {
        const metrics::CounterRandom random(seed, p);
        x_[p].resize(static_cast<std::size_t>(cols));
        for (std::size_t c = 0; c < x_[p].size(); ++c)
            x_[p][c] = random.normal(c);
    }
}

ProbedMatrix::ProbedMatrix(std::shared_ptr<const Probes> probes, std::int64_t rows)
    : probes_(std::move(probes)), squares_(static_cast<std::size_t>(rows)), known_(squares_.size(), 0)
{
}

void ProbedMatrix::add_squares(std::int64_t first_row, std::span<const float> rows, ProbeSquares& total)
{
    const auto cols = static_cast<std::size_t>(probes_->cols());
    auto row = static_cast<std::size_t>(first_row);
    for (; !rows.empty(); rows = rows.subspan(cols), ++row) {
        if (known_[row] == 0) {
            squares_[row] = probe_squares(rows.data(), *probes_);
            known_[row] = 1;
        }
        for (std::size_t p = 0; p < probe_count; ++p)
            total[p] += squares_[row][p];
    }
}

}  // namespace specsweep::measure
