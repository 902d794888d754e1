#include "measure/measure_unit.hpp"

#include <cmath>

#include "base/format.hpp"
#include "base/stopwatch.hpp"
#include "checkpoint/content_digest.hpp"
#include "measure/quantized_source.hpp"
#include "measure/random_key.hpp"
#include "measure/unit_failure.hpp"
#include "quantize/registry.hpp"

namespace specsweep::measure {

UnitMeasurement UnitMeter::measure(const MatrixInput& input, const std::string& quantizer,
                                   const spectrum::SpectrumRequest& request)
{
    return with_reasons([&] { return measure_checked(input, quantizer, request); });
}

UnitMeasurement UnitMeter::with_reasons(const std::function<UnitMeasurement()>& work)
{
    try {
        return work();
    } catch (const UnitFailure&) {
        throw;
    } catch (const spectrum::SelfCheckFailure& error) {
        throw UnitFailure(ExitCode::internal, "unit:self-check-failed", error.what());
    } catch (const spectrum::SolverFailure& error) {
        throw UnitFailure(ExitCode::internal, "unit:solver-failed", error.what());
    } catch (const IoError& error) {
        throw UnitFailure(ExitCode::io, "unit:unreadable", error.what());
    } catch (const InputError& error) {
        throw UnitFailure(ExitCode::bad_input, "unit:bad-input", error.what());
    }
}

UnitMeasurement UnitMeter::measure_checked(const MatrixInput& input, const std::string& text,
                                           const spectrum::SpectrumRequest& request)
{
    const Stopwatch whole;
    UnitMeasurement result;
    verify_content(input);
    checkpoint::PanelReader reader(*input.location, *input.slice);
    StoredSource stored(reader, held_, input.key);
    result.seconds_read = whole.seconds();
    if (text == "reference") {
        const Stopwatch watch;
        result.spectrum = spectrum::compute_spectrum(stored, request, workspace_);
        result.seconds_solve = watch.seconds() - stored.seconds_read();
    } else {
        const quantize::Quantizer& format = quantizer(text);
        QuantizedSource source(stored, format, statistics(input, format, stored, request));
        const double read_before = stored.seconds_read();
        const Stopwatch watch;
        result.spectrum = spectrum::compute_spectrum(source, request, workspace_);
        result.seconds_solve = watch.seconds() - (stored.seconds_read() - read_before) - source.seconds_quantize();
        result.moments = source.moments();
        result.seconds_quantize = source.seconds_quantize();
    }
    result.seconds_read += stored.seconds_read();
    result.seconds = whole.seconds();
    return result;
}

void UnitMeter::verify_content(const MatrixInput& input)
{
    const std::string key = input.location->file.string() + '\n' + input.location->name;
    auto known = verified_.find(key);
    if (known == verified_.end())
        known = verified_.emplace(key, checkpoint::content_digest(*input.location) == input.content_digest).first;
    if (!known->second)
        throw UnitFailure(ExitCode::bad_input, "unit:content-changed",
                          fmt::format("the bytes of {} in {} are not those that were planned", input.location->name,
                                      input.location->file.string()),
                          "the checkpoint changed after planning");
}

const quantize::Quantizer& UnitMeter::quantizer(const std::string& text)
{
    auto& entry = quantizers_[text];
    if (!entry)
        entry = quantize::make_quantizer(text);
    return *entry;
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
        return shape;
    }
    refresh_statistics(input, format, stored);
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

void UnitMeter::refresh_statistics(const MatrixInput& input, const quantize::Quantizer& format, StoredSource& stored)
{
    const quantize::Quantizer* transform = format.transform();
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
