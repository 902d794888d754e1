#include "quantize/formats/hadamard.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include "quantize/philox.hpp"
#include "quantize/vectorised.hpp"

namespace specsweep::quantize {

namespace {

constexpr std::size_t longest = 128;
constexpr std::array<double, 16> transformer_engine_signs = {1, 1, 1, -1, 1, -1, -1, -1, -1, -1, -1, 1, -1, 1, -1, -1};

std::array<double, longest> signs_of(std::size_t size, std::uint64_t seed)
{
    std::array<double, longest> signs{};
    for (std::size_t k = 0; k < size; ++k) {
        const auto random = philox4x32({static_cast<std::uint32_t>(k), 0, static_cast<std::uint32_t>(size), 0},
                                       {static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)});
        signs[k] = size == transformer_engine_signs.size() ? transformer_engine_signs[k]
                   : (random[0] >> 31) != 0                ? -1.0
                                                           : 1.0;
    }
    return signs;
}

/// Runs of weights that are rotated side by side.
constexpr std::size_t abreast = 16;

/// x ← Hₙ x, unscaled, of `abreast` vectors: element i of all of them, then element i + 1.
template <std::size_t size>
void butterfly(std::array<double, longest * abreast>& x)
{
    for (std::size_t half = 1; half < size; half *= 2)
        for (std::size_t begin = 0; begin < size; begin += 2 * half)
            for (std::size_t i = begin * abreast; i < (begin + half) * abreast; ++i) {
                const double lower = x[i];
                const double upper = x[i + half * abreast];
                x[i] = lower + upper;
                x[i + half * abreast] = lower - upper;
            }
}

/// Up to `abreast` runs of weights. Saturates: a rotated weight can be √n times the largest. Works in place.
template <std::size_t size>
void rotate_runs(const float* in, float* out, std::size_t runs, const std::array<double, longest>& before,
                 const std::array<double, longest>& after)
{
    constexpr double largest = std::numeric_limits<float>::max();
    std::array<double, longest * abreast> x;
    for (std::size_t run = 0; run < abreast; ++run)
        for (std::size_t i = 0; i < size; ++i)
            x[i * abreast + run] = run < runs ? in[run * size + i] * before[i] : 0;
    butterfly<size>(x);
    for (std::size_t run = 0; run < runs; ++run)
        for (std::size_t i = 0; i < size; ++i) {
            const double turned = x[i * abreast + run] * after[i];
            const double saturated = turned < -largest ? -largest : turned > largest ? largest : turned;
            out[run * size + i] = static_cast<float>(saturated) + 0.0F;
        }
}

template <std::size_t size>
void rotate(const float* in, float* out, std::size_t count, std::uint64_t seed, bool inverse)
{
    const std::array<double, longest> signs = signs_of(size, seed);
    const double scale = 1.0 / std::sqrt(static_cast<double>(size));
    std::array<double, longest> before{};
    std::array<double, longest> after{};
    for (std::size_t i = 0; i < size; ++i) {
        before[i] = inverse ? 1.0 : signs[i];
        after[i] = inverse ? scale * signs[i] : scale;
    }
    run_vectorised([&](auto) {
        for (std::size_t begin = 0; begin < count; begin += size * abreast)
            rotate_runs<size>(in + begin, out + begin, std::min(abreast, (count - begin) / size), before, after);
    });
}

std::optional<std::string> refusal(std::int64_t cols, int size)
{
    if (cols % size == 0)
        return std::nullopt;
    return "rows of " + std::to_string(cols) + " weights are not a multiple of the rotation of " + std::to_string(size);
}

class Rotation final : public Quantizer {
public:
    Rotation(int size, bool inverse)
        : text_("rotation of " + std::to_string(size) + (inverse ? ", back" : "")), size_(size), inverse_(inverse)
    {
    }

    const std::string& text() const override { return text_; }
    StatisticsNeed needs() const override { return StatisticsNeed::none; }
    std::int64_t row_alignment(std::int64_t) const override { return 1; }
    std::optional<std::string> refuses(std::int64_t, std::int64_t cols) const override { return refusal(cols, size_); }
    double bits_per_weight(std::int64_t, std::int64_t) const override { return 32; }
    QuantizationCounts apply(const Panel& in, float* out, const TensorStatistics& statistics) const override
    {
        const auto count = static_cast<std::size_t>(in.rows * in.cols);
        if (size_ == 16)
            rotate<16>(in.values, out, count, statistics.seed, inverse_);
        else
            rotate<longest>(in.values, out, count, statistics.seed, inverse_);
        return {};
    }

private:
    std::string text_;
    int size_;
    bool inverse_;
};

class Hadamard final : public Quantizer {
public:
    Hadamard(std::string text, std::unique_ptr<const Quantizer> inner, int size)
        : text_(std::move(text)), inner_(std::move(inner)), size_(size), forward_(size, false), backward_(size, true)
    {
    }

    const std::string& text() const override { return text_; }
    StatisticsNeed needs() const override { return inner_->needs(); }
    std::int64_t row_alignment(std::int64_t cols) const override { return inner_->row_alignment(cols); }
    std::optional<std::string> refuses(std::int64_t rows, std::int64_t cols) const override
    {
        const auto refused = refusal(cols, size_);
        return refused ? refused : inner_->refuses(rows, cols);
    }
    double bits_per_weight(std::int64_t rows, std::int64_t cols) const override
    {
        return inner_->bits_per_weight(rows, cols);
    }
    const Quantizer* transform() const override { return &forward_; }

    QuantizationCounts apply(const Panel& in, float* out, const TensorStatistics& statistics) const override
    {
        std::vector<float> rotated(static_cast<std::size_t>(in.rows * in.cols));
        forward_.apply(in, rotated.data(), statistics);
        const QuantizationCounts counts =
            inner_->apply({rotated.data(), in.first_row, in.rows, in.cols}, out, statistics);
        backward_.apply({out, in.first_row, in.rows, in.cols}, out, statistics);
        return counts;
    }

private:
    std::string text_;
    std::unique_ptr<const Quantizer> inner_;
    int size_;
    Rotation forward_;
    Rotation backward_;
};

}  // namespace

std::unique_ptr<const Quantizer> make_hadamard(std::string text, std::unique_ptr<const Quantizer> inner, int size)
{
    return std::make_unique<Hadamard>(std::move(text), std::move(inner), size);
}

std::unique_ptr<const Quantizer> make_rotation(int size, bool inverse)
{
    return std::make_unique<Rotation>(size, inverse);
}

}  // namespace specsweep::quantize
