#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace specsweep::measure {

inline constexpr std::size_t probe_count = 2;
using ProbeSquares = std::array<double, probe_count>;  ///< one for each probe

/// ‖Ex‖² and ‖Wx‖² for a few seeded x ~ N(0, I): how far the output of a layer moves, measured. Rows are added in
/// order.
struct ForwardSums {
    ProbeSquares output{};  ///< Σ_i (w_i·x)²
    ProbeSquares error{};   ///< Σ_i (e_i·x)²

    void add(const ForwardSums& other);
    double rms() const;    ///< √(Σ‖Ex‖²/Σ‖Wx‖²) over the probes; NaN when Wx = 0 for all of them
    double worst() const;  ///< largest ‖Ex‖/‖Wx‖; NaN in the same case
};

/// The vectors x, a function of (seed, probe, column).
class Probes {
public:
    Probes(std::uint64_t seed, std::int64_t cols);

    std::int64_t cols() const { return cols_; }
    const double* x(std::size_t probe) const { return x_[probe].data(); }

private:
    std::int64_t cols_;
    std::array<std::vector<double>, probe_count> x_;
};

/// W·x of one matrix, row by row: computed when a quantizer first asks and kept for those that follow.
class ProbedMatrix {
public:
    /// @param probes of as many columns.
    ProbedMatrix(std::shared_ptr<const Probes> probes, std::int64_t rows);

    const std::shared_ptr<const Probes>& probes() const { return probes_; }

    /// Adds (w_i·x)² of whole rows from `first_row` on to `total`, one after another.
    /// @param rows the matrix's own, probes().cols() to a row; the same at every call.
    void add_squares(std::int64_t first_row, std::span<const float> rows, ProbeSquares& total);

private:
    std::shared_ptr<const Probes> probes_;
    std::vector<ProbeSquares> squares_;
    std::vector<char> known_;  ///< by row
};

}  // namespace specsweep::measure
