#include "quantize/formats/hadamard.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include "quantize/philox.hpp"

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

/// x ← Hₙ x, unscaled.
void butterfly(std::array<double, longest>& x, std::size_t size)
{
    for (std::size_t half = 1; half < size; half *= 2)
        for (std::size_t begin = 0; begin < size; begin += 2 * half)
            for (std::size_t i = begin; i < begin + half; ++i) {
                const double sum = x[i] + x[i + half];
                x[i + half] = x[i] - x[i + half];
                x[i] = sum;
            }
}

/// Saturates: a rotated weight can be √n times the largest. Works in place. @param count a multiple of size.
void rotate(const float* in, float* out, std::int64_t count, std::size_t size, std::uint64_t seed, bool inverse)
{
    const std::array<double, longest> signs = signs_of(size, seed);
    const double scale = 1.0 / std::sqrt(static_cast<double>(size));
    constexpr double largest = std::numeric_limits<float>::max();
    std::array<double, longest> x{};
    for (std::int64_t begin = 0; begin < count; begin += static_cast<std::int64_t>(size)) {
        for (std::size_t i = 0; i < size; ++i)
            x[i] = in[begin + static_cast<std::int64_t>(i)] * (inverse ? 1.0 : signs[i]);
        butterfly(x, size);
        for (std::size_t i = 0; i < size; ++i) {
            const double turned = std::clamp(x[i] * scale * (inverse ? signs[i] : 1.0), -largest, largest);
            out[begin + static_cast<std::int64_t>(i)] = static_cast<float>(turned) + 0.0F;
        }
    }
}

std::optional<std::string> refusal(std::int64_t cols, int size)
{
    if (cols % size == 0)
        return std::nullopt;
    return "rows of " + std::to_string(cols) + " weights are not a multiple of the rotation of " + std::to_string(size);
}

class Rotation final : public Quantizer {
public:
    Rotation(int size, bool inverse) : size_(size), inverse_(inverse) {}

    const std::string& text() const override { return text_; }
    StatisticsNeed needs() const override { return StatisticsNeed::none; }
    std::int64_t row_alignment(std::int64_t) const override { return 1; }
    std::optional<std::string> refuses(std::int64_t, std::int64_t cols) const override { return refusal(cols, size_); }
    double bits_per_weight(std::int64_t, std::int64_t) const override { return 32; }
    QuantizationCounts apply(const Panel& in, float* out, const TensorStatistics& statistics) const override
    {
        rotate(in.values, out, in.rows * in.cols, static_cast<std::size_t>(size_), statistics.seed, inverse_);
        return {};
    }

private:
    std::string text_ = "hadamard rotation";
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
