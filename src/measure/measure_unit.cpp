#include "measure/measure_unit.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/format.hpp"
#include "base/stopwatch.hpp"
#include "checkpoint/content_digest.hpp"
#include "measure/error_norm.hpp"
#include "measure/error_source.hpp"
#include "measure/extended.hpp"
#include "measure/finite_rows.hpp"
#include "measure/quantized_source.hpp"
#include "measure/random_key.hpp"
#include "measure/unit_failure.hpp"
#include "measure/weighted_reference.hpp"
#include "quantize/registry.hpp"
#include "spectrum/lanczos.hpp"

namespace specsweep::measure {
namespace {

class CounterpartSource final : public quantize::SecondSource {
public:
    explicit CounterpartSource(const Counterpart& counterpart)
        : reader_(counterpart.location, counterpart.slice), stored_(reader_)
    {
    }
    void read(std::int64_t first_row, std::int64_t rows, float* out) override { stored_.read(first_row, rows, out); }

private:
    checkpoint::PanelReader reader_;
    StoredSource stored_;
};

}  // namespace

UnitMeasurement UnitMeter::measure(const MatrixInput& input, const std::string& quantizer,
                                   const spectrum::SpectrumRequest& request)
{
    UnitMeasurement result;
    with_reasons([&] { result = measure_checked(input, quantizer, request); });
    return result;
}

void UnitMeter::with_reasons(const std::function<void()>& work)
{
    try {
        work();
    } catch (const UnitFailure&) {
        throw;
    } catch (const spectrum::SelfCheckFailure& error) {
        throw UnitFailure(ExitCode::internal, "unit:self-check-failed", error.what());
    } catch (const spectrum::SolverFailure& error) {
        throw UnitFailure(ExitCode::internal, "unit:solver-failed", error.what());
    } catch (const spectrum::OutOfMemory& error) {
        throw UnitFailure(ExitCode::internal, "unit:out-of-memory", error.what());
    } catch (const NotDefined& error) {
        throw UnitFailure(ExitCode::bad_input, "unit:not-defined", error.what());
    } catch (const IoError& error) {
        throw UnitFailure(ExitCode::io, "unit:unreadable", error.what());
    } catch (const spectrum::NotFinite&) {
        throw UnitFailure(ExitCode::bad_input, "unit:decoded-not-finite", "a decoded weight is beyond what fp32 holds",
                          "the stored ones are not");
    } catch (const InputError& error) {
        throw UnitFailure(ExitCode::bad_input, "unit:bad-input", error.what());
    }
}

PairMoments UnitMeter::decode(const MatrixInput& input, const std::string& text,
                              const spectrum::SpectrumRequest& request, const DecodedPanel& sink)
{
    verify_content(*input.location, input.content_digest);
    checkpoint::PanelReader reader(*input.location, *input.slice);
    StoredSource stored(reader, held_, input.key);
    const quantize::Quantizer& format = quantizer(text);
    const auto second = second_source(input);
    second_ = second.get();
    QuantizedSource source(stored, format, statistics(input, format, stored, request));
    constexpr std::int64_t panel_rows = QuantizedSource::panel_rows;
    std::vector<float> panel(static_cast<std::size_t>(std::min(panel_rows, source.rows()) * source.cols()));
    for (std::int64_t row = 0; row < source.rows(); row += panel_rows) {
        const std::int64_t rows = std::min(panel_rows, source.rows() - row);
        source.read(row, rows, panel.data());
        sink(row, rows, panel.data());
    }
    return source.moments();
}

UnitMeasurement UnitMeter::measure_checked(const MatrixInput& input, const std::string& text,
                                           const spectrum::SpectrumRequest& request)
{
    const Stopwatch whole;
    const bool fast = request.method == spectrum::Method::lanczos;  // stable rank and energy only
    UnitMeasurement result;
    verify_content(*input.location, input.content_digest);
    checkpoint::PanelReader reader(*input.location, *input.slice);
    StoredSource stored(reader, held_, input.key);
    const auto weighted = weighted_reference(input, stored);
    spectrum::PanelSource& original = weighted ? static_cast<spectrum::PanelSource&>(weighted->source) : stored;
    if (weighted)
        result.zipf_exponent = zipf_exponent(input);
    result.seconds_read = whole.seconds() - stored.seconds_read();
    if (text == "reference") {
        const double read_before = stored.seconds_read();
        const Stopwatch watch;
        result.spectrum = spectrum::compute_spectrum(original, request, workspace_);
        if (input.rows_are_vectors && !fast)
            result.angles = angles(input, stored);
        if (input.extended)
            result.extended = extended(input, original, original, false, result.spectrum, request);
        result.seconds_solve = watch.seconds() - (stored.seconds_read() - read_before);
        result.range = range(input, stored, original);
    } else {
        const quantize::Quantizer& format = quantizer(text);
        const auto second = second_source(input);
        second_ = second.get();
        QuantizedSource source(stored, format, statistics(input, format, stored, request), probed(input, stored));
        if (weighted)
            weigh(input, *weighted, source);
        if (!fast)
            source.keep_error(workspace_);
        const double read_before = stored.seconds_read();
        const Stopwatch watch;
        result.spectrum = spectrum::compute_spectrum(source, request, workspace_);
        result.moments = source.moments();
        result.error = error(input, original, source, *result.moments, fast);
        if (input.rows_are_vectors && !fast)
            result.angles = angles(input, source);
        if (input.extended)
            result.extended = extended(input, original, source, true, result.spectrum, request);
        result.seconds_solve = watch.seconds() - (stored.seconds_read() - read_before) - source.seconds_quantize();
        result.seconds_quantize = source.seconds_quantize();
    }
    result.seconds_read += stored.seconds_read();
    result.seconds = whole.seconds();
    return result;
}

void UnitMeter::verify_content(const checkpoint::TensorLocation& location, const Digest128& planned)
{
    const std::string key = location.file.string() + '\n' + location.name;
    auto known = verified_.find(key);
    if (known == verified_.end())
        known = verified_.emplace(key, checkpoint::content_digest(location) == planned).first;
    if (!known->second)
        throw UnitFailure(
            ExitCode::bad_input, "unit:content-changed",
            fmt::format("the bytes of {} in {} are not those that were planned", location.name, location.file.string()),
            "the checkpoint changed after planning");
}

std::unique_ptr<quantize::SecondSource> UnitMeter::second_source(const MatrixInput& input)
{
    if (input.counterpart == nullptr)
        return nullptr;
    verify_content(input.counterpart->location, input.counterpart->content_digest);
    return std::make_unique<CounterpartSource>(*input.counterpart);
}

const quantize::Quantizer& UnitMeter::quantizer(const std::string& text)
{
    auto& entry = quantizers_[text];
    if (!entry)
        entry = quantize::make_quantizer(text);
    return *entry;
}

std::unique_ptr<WeightedReference> UnitMeter::weighted_reference(const MatrixInput& input, StoredSource& stored)
{
    if (input.weighting == nullptr)
        return nullptr;
    return std::make_unique<WeightedReference>(stored, frequencies_.of(*input.weighting), input.weighting->centred);
}

void UnitMeter::weigh(const MatrixInput& input, const WeightedReference& weighted, QuantizedSource& source)
{
    QuantizedSource plain = source.untransformed();
    source.transform(weighted.transform, frequencies_.of(*input.weighting).transform(plain, input.weighting->centred));
}

double UnitMeter::zipf_exponent(const MatrixInput& input)
{
    return frequencies_.of(*input.weighting).zipf_exponent(std::min(input.slice->rows, input.slice->cols));
}

std::optional<quantize::TensorStatistics> UnitMeter::range(const MatrixInput& input, StoredSource& stored,
                                                           spectrum::PanelSource& original)
{
    if (input.weighting != nullptr)
        return streamed_statistics(original);
    try {
        refresh_statistics(input, nullptr, stored);
    } catch (const UnitFailure& failure) {
        if (failure.reason().starts_with(beyond_binary32))
            return std::nullopt;
        throw;
    }
    return statistics_;
}

ErrorMeasurement UnitMeter::error(const MatrixInput& input, spectrum::PanelSource& original, QuantizedSource& source,
                                  const PairMoments& moments, bool fast)
{
    ErrorMeasurement result = error_sums(source);
    if (fast || !error_has_norm(moments))
        return result;
    ErrorSource difference(original, source);
    set_error_norm(result, spectrum::spectral_norm(difference, error_norm_request(input.seed), workspace_), moments,
                   original);
    return result;
}

AngleMeasurement UnitMeter::angles(const MatrixInput& input, spectrum::PanelSource& source)
{
    return measure_angles(source, input.seed, workspace_, input.extended ? Pairs::all : Pairs::sampled);
}

metrics::ExtendedMoments UnitMeter::extended(const MatrixInput& input, spectrum::PanelSource& original,
                                             spectrum::PanelSource& source, bool quantized,
                                             const spectrum::Spectrum& spectrum,
                                             const spectrum::SpectrumRequest& request)
{
    const std::uint64_t key = random_key(input.seed, input.content_digest, *input.slice);
    const auto leading = [&](const DenseSource& dense) {
        return spectrum::leading_vectors(dense.row(0), dense.rows(), dense.cols(), subspace_rank, workspace_);
    };
    if (leading_of_ != input.key) {
        leading_of_.reset();
        leading_ = leading(DenseSource(original));
        leading_of_ = input.key;
    }
    metrics::ExtendedMoments result;
    DenseSource dense(source);
    if (quantized)
        measure_subspaces(*leading_, leading(dense), result);
    measure_farms(dense, key, workspace_, result);
    measure_shuffled(dense, spectrum.sigma, key, request, workspace_, result);
    return result;
}

quantize::TensorStatistics UnitMeter::statistics(const MatrixInput& input, const quantize::Quantizer& format,
                                                 StoredSource& stored, const spectrum::SpectrumRequest& request)
{
    using quantize::StatisticsNeed;
    const StatisticsNeed need = format.needs();
    if (need == StatisticsNeed::none) {
        quantize::TensorStatistics shape;
        shape.rows = stored.rows();
        shape.cols = stored.cols();
        shape.seed = random_key(input.seed, input.content_digest, *input.slice);
        shape.second = second_;
        return shape;
    }
    refresh_statistics(input, format.transform(), stored);
    statistics_.second = second_;
    if (need == StatisticsNeed::range)
        return statistics_;
    // Spectral norms come from complete spectra, with the bounds of those: docs/quantizers.md, spectral-norm scaling.
    spectrum::SpectrumRequest complete = request;  // decoded weights must not depend on `metrics`
    if (complete.method == spectrum::Method::lanczos)
        complete.method = spectrum::Method::automatic;
    if (sigma_1_of_ != input.key) {
        sigma_1_ = spectrum::compute_spectrum(stored, complete, workspace_).sigma.at(0);
        sigma_1_of_ = input.key;
    }
    quantize::TensorStatistics all = statistics_;
    all.sigma_1 = sigma_1_;
    if (need == StatisticsNeed::sigma_1_of_core) {
        QuantizedSource core(stored, *format.core(), statistics(input, *format.core(), stored, request));
        all.sigma_1_of_core = spectrum::compute_spectrum(core, complete, workspace_).sigma.at(0);
    }
    return all;
}

std::shared_ptr<ProbedMatrix> UnitMeter::probed(const MatrixInput& input, const StoredSource& stored)
{
    if (probed_of_ != input.key) {
        probed_of_.reset();
        const std::uint64_t key = random_key(input.seed, input.content_digest, *input.slice);
        probed_ = std::make_shared<ProbedMatrix>(std::make_shared<const Probes>(key, stored.cols()), stored.rows());
        probed_of_ = input.key;
    }
    return probed_;
}

void UnitMeter::refresh_statistics(const MatrixInput& input, const quantize::Quantizer* transform, StoredSource& stored)
{
    const std::pair<std::int64_t, std::string> wanted(input.key, transform == nullptr ? "" : transform->text());
    if (statistics_of_ == wanted)
        return;
    statistics_of_.reset();
    const std::uint64_t key = random_key(input.seed, input.content_digest, *input.slice);
    if (transform == nullptr) {
        statistics_ = streamed_statistics(stored);
    } else {
        quantize::TensorStatistics seed_only;
        seed_only.seed = key;
        QuantizedSource transformed(stored, *transform, seed_only);
        statistics_ = streamed_statistics(transformed);
    }
    statistics_.seed = key;
    statistics_of_ = wanted;
}

}  // namespace specsweep::measure
