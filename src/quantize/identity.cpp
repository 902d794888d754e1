#include "quantize/identity.hpp"

namespace specsweep::quantize {

namespace {

class Identity final : public Quantizer {
public:
    explicit Identity(double bits) : bits_(bits) {}

    const std::string& text() const override { return text_; }
    StatisticsNeed needs() const override { return StatisticsNeed::none; }
    std::int64_t row_alignment(std::int64_t) const override { return 1; }
    std::optional<std::string> refuses(std::int64_t, std::int64_t) const override { return std::nullopt; }
    double bits_per_weight(std::int64_t, std::int64_t) const override { return bits_; }
    QuantizationCounts apply(const Panel& in, float* out, const TensorStatistics&) const override
    {
        for (std::int64_t i = 0; i < in.rows * in.cols; ++i)
            out[i] = in.values[i] + 0.0F;
        return {};
    }

private:
    std::string text_ = "reference";
    double bits_;
};

}  // namespace

std::unique_ptr<const Quantizer> make_identity(double bits_per_weight)
{
    return std::make_unique<Identity>(bits_per_weight);
}

}  // namespace specsweep::quantize
