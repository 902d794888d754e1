#pragma once

#include <algorithm>
#include <cstdint>
#include <random>
#include <vector>

#include "base/half.hpp"
#include "bench/spectrum/bench_spectrum.hpp"
#include "spectrum/panel_source.hpp"

namespace specsweep::bench {

/// Gaussian weights as a bf16 checkpoint holds them.
class GaussianWeights : public spectrum::PanelSource {
public:
    explicit GaussianWeights(Shape shape, std::uint64_t seed = 1)
        : shape_(shape), values_(static_cast<std::size_t>(shape.rows * shape.cols))
    {
        std::mt19937_64 generator(seed);
        std::normal_distribution<float> normal;
        for (float& value : values_)
            value = bf16_to_float(float_to_bf16(normal(generator)));
    }
    std::int64_t rows() const override { return shape_.rows; }
    std::int64_t cols() const override { return shape_.cols; }
    void read(std::int64_t first, std::int64_t count, float* out) override { copy(first, count, out); }
    void read(std::int64_t first, std::int64_t count, double* out) override { copy(first, count, out); }
    std::vector<double> in_double() const { return {values_.begin(), values_.end()}; }

private:
    template <class T>
    void copy(std::int64_t first, std::int64_t count, T* out) const
    {
        std::copy_n(values_.begin() + first * shape_.cols, count * shape_.cols, out);
    }

    Shape shape_;
    std::vector<float> values_;
};

}  // namespace specsweep::bench
