#pragma once

#include <array>
#include <cstdint>
#include <span>
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

    /// Sums of one panel of whole rows. E is formed exactly, dot products in sixteen running sums: same bits on every
    /// CPU.
    ForwardSums panel(std::span<const float> original, std::span<const float> decoded) const;

private:
    std::int64_t cols_;
    std::array<std::vector<double>, ForwardSums::probes> x_;
};

}  // namespace specsweep::measure
