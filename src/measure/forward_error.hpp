#pragma once

#include <array>
#include <cstdint>
#include <vector>

namespace specsweep::measure {

/// ‖Ex‖² and ‖Wx‖² for a few seeded x ~ N(0, I): how far the output of a layer moves, measured. Rows are added in
/// order.
struct ForwardSums {
    static constexpr std::size_t probes = 2;
    std::array<double, probes> output{};  ///< Σ_i (w_i·x)²
    std::array<double, probes> error{};   ///< Σ_i (e_i·x)²

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
    std::array<std::vector<double>, ForwardSums::probes> x_;
};

}  // namespace specsweep::measure
