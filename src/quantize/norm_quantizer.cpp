#include "quantize/norm_quantizer.hpp"

#include <cmath>
#include <utility>
#include <vector>

#include "base/error.hpp"

namespace specsweep::quantize {

namespace {

/// What both kinds of scaling leave to the inner format.
class NormQuantizer : public Quantizer {
public:
    NormQuantizer(std::string text, std::unique_ptr<const Quantizer> inner)
        : text_(std::move(text)), inner_(std::move(inner))
    {
    }

    const std::string& text() const override { return text_; }
    std::int64_t row_alignment(std::int64_t cols) const override { return inner_->row_alignment(cols); }
    std::optional<std::string> refuses(std::int64_t rows, std::int64_t cols) const override
    {
        return inner_->refuses(rows, cols);
    }
    double bits_per_weight(std::int64_t rows, std::int64_t cols) const override
    {
        return inner_->bits_per_weight(rows, cols);
    }
    const Quantizer* transform() const override { return inner_->transform(); }

protected:
    const Quantizer& inner() const { return *inner_; }

    /// The given singular value. @throws NotDefined when nobody has computed it.
    double known(double sigma) const
    {
        if (!std::isfinite(sigma))
            throw NotDefined(text_ + " is not defined here", "it needs the largest singular value of the matrix",
                             "remove norm=…");
        return sigma;
    }

    static void multiply(float* values, std::int64_t count, double factor)
    {
        for (std::int64_t i = 0; i < count; ++i)
            values[i] = static_cast<float>(values[i] * factor) + 0.0F;
    }

private:
    std::string text_;
    std::unique_ptr<const Quantizer> inner_;
};

class PostNormQuantizer final : public NormQuantizer {
public:
    using NormQuantizer::NormQuantizer;

    StatisticsNeed needs() const override { return StatisticsNeed::sigma_1_of_core; }
    const Quantizer* core() const override { return &inner(); }

    QuantizationCounts apply(const Panel& in, float* out, const TensorStatistics& statistics) const override
    {
        const QuantizationCounts counts = inner().apply(in, out, statistics);
        const double before = known(statistics.sigma_1);
        const double after = known(statistics.sigma_1_of_core);
        multiply(out, in.rows * in.cols, before == 0 || after == 0 ? 1.0 : before / after);
        return counts;
    }
};

class PreNormQuantizer final : public NormQuantizer {
public:
    using NormQuantizer::NormQuantizer;

    StatisticsNeed needs() const override { return StatisticsNeed::sigma_1; }

    QuantizationCounts apply(const Panel& in, float* out, const TensorStatistics& statistics) const override
    {
        const double sigma = known(statistics.sigma_1) == 0 ? 1.0 : statistics.sigma_1;
        std::vector<float> scaled(static_cast<std::size_t>(in.rows * in.cols));
        for (std::size_t i = 0; i < scaled.size(); ++i)
            scaled[i] = static_cast<float>(in.values[i] / sigma);
        const Panel panel{scaled.data(), in.first_row, in.rows, in.cols};
        const QuantizationCounts counts = inner().apply(panel, out, scaled_by(statistics, sigma));
        multiply(out, in.rows * in.cols, sigma);
        return counts;
    }

private:
    /// Those of fl(W/σ₁): rounding is monotone, so extremes are the rounded extremes; sums are divided in binary64.
    static TensorStatistics scaled_by(TensorStatistics statistics, double sigma)
    {
        for (float* extreme : {&statistics.minimum, &statistics.maximum, &statistics.absolute_maximum})
            *extreme = static_cast<float>(*extreme / sigma);
        statistics.absolute_sum /= sigma;
        statistics.square_sum /= sigma * sigma;
        statistics.sum /= sigma;
        statistics.sigma_1 = 1;
        return statistics;
    }
};

}  // namespace

std::unique_ptr<const Quantizer> make_norm(std::string text, std::unique_ptr<const Quantizer> inner, SpectralNorm norm)
{
    const std::string quoted = "quantizer \"" + text + "\" is not possible";
    if (inner->core() != nullptr)
        throw UsageError(quoted, "the format fixes the largest singular value itself", "remove norm=…");
    if (norm == SpectralNorm::post)
        return std::make_unique<PostNormQuantizer>(std::move(text), std::move(inner));
    if (inner->transform() != nullptr)
        throw UsageError(quoted, "a rotation comes before the scales, which follow the matrix exactly",
                         "use norm=spectral, or remove hadamard=…");
    return std::make_unique<PreNormQuantizer>(std::move(text), std::move(inner));
}

}  // namespace specsweep::quantize
