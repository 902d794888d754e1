#include <optional>

#include "base/stopwatch.hpp"
#include "measure/error_norm.hpp"
#include "measure/error_source.hpp"
#include "measure/measure_unit.hpp"
#include "measure/quantized_source.hpp"
#include "measure/stored_source.hpp"
#include "measure/weighted_reference.hpp"
#include "mpi/collectives.hpp"
#include "spectrum/group_norm.hpp"
#include "spectrum/group_spectrum.hpp"
#include "spectrum/peer_failure.hpp"

namespace specsweep::measure {

UnitMeasurement UnitMeter::measure_in_group(const MatrixInput& input, const std::string& quantizer,
                                            const spectrum::SpectrumRequest& request, const spectrum::RankGroup& group)
{
    return with_reasons([&] { return measure_in_group_checked(input, quantizer, request, group); });
}

UnitMeasurement UnitMeter::measure_in_group_checked(const MatrixInput& input, const std::string& text,
                                                    const spectrum::SpectrumRequest& request,
                                                    const spectrum::RankGroup& group)
{
    const Stopwatch whole;
    UnitMeasurement result;
    std::optional<checkpoint::PanelReader> reader;
    std::optional<StoredSource> stored;
    std::unique_ptr<WeightedReference> weighted;
    // What may fail on one rank alone comes first, and ends the unit on all.
    spectrum::run_together(group.comm, [&] {
        if (group.comm.is_root())
            verify_content(*input.location, input.content_digest);
        reader.emplace(*input.location, *input.slice);
        stored.emplace(*reader, held_, input.key);
        weighted = weighted_reference(input, *stored);
    });
    spectrum::PanelSource& original = weighted ? static_cast<spectrum::PanelSource&>(weighted->source) : *stored;
    if (weighted)
        result.zipf_exponent = zipf_exponent(input);
    result.seconds_read = whole.seconds() - stored->seconds_read();
    if (text == "reference") {
        const double read_before = stored->seconds_read();
        const Stopwatch watch;
        result.spectrum = spectrum::compute_group_spectrum(original, request, group, workspace_);
        result.seconds_solve = watch.seconds() - (stored->seconds_read() - read_before);
        spectrum::run_on_root_patiently(group.comm, [&] { result.range = range(input, *stored, original); });
    } else {
        const quantize::Quantizer* format = nullptr;
        std::unique_ptr<quantize::SecondSource> second;
        spectrum::run_together(group.comm, [&] {
            format = &quantizer(text);
            second = second_source(input);
        });
        second_ = second.get();
        QuantizedSource source(*stored, *format, group_statistics(input, *format, *stored, request, group));
        if (weighted)
            spectrum::run_together(group.comm, [&] { weigh(input, *weighted, source); });
        const double read_before = stored->seconds_read();
        const Stopwatch watch;
        result.spectrum = spectrum::compute_group_spectrum(source, request, group, workspace_);
        result.seconds_solve = watch.seconds() - (stored->seconds_read() - read_before) - source.seconds_quantize();
        // Rank 0 has seen its share of the panels; it quantizes the others once more, so that sums keep their order.
        // The angles of embeddings need more memory than a rank of a group has.
        bool norm_wanted = false;
        spectrum::run_on_root_patiently(group.comm, [&] {
            result.moments = source.moments();
            result.error = error_sums(source);
            norm_wanted = error_has_norm(*result.moments);
        });
        mpi::broadcast(group.comm, norm_wanted, 0);
        if (norm_wanted) {
            ErrorSource difference(original, source);
            const spectrum::SpectralNorm norm =
                spectrum::group_spectral_norm(difference, error_norm_request(input.seed), group.comm, workspace_);
            if (group.comm.is_root())
                set_error_norm(*result.error, norm, *result.moments, original);
        }
        result.seconds_quantize = source.seconds_quantize();
    }
    result.seconds_read += stored->seconds_read();
    result.seconds = whole.seconds();
    return result;
}

quantize::TensorStatistics UnitMeter::group_statistics(const MatrixInput& input, const quantize::Quantizer& format,
                                                       StoredSource& stored, const spectrum::SpectrumRequest& request,
                                                       const spectrum::RankGroup& group)
{
    using quantize::StatisticsNeed;
    const StatisticsNeed need = format.needs();
    quantize::TensorStatistics result;
    if (need == StatisticsNeed::none || need == StatisticsNeed::range) {
        spectrum::run_together(group.comm, [&] { result = statistics(input, format, stored, request); });
        return result;
    }
    const auto norm_of = [&](spectrum::PanelSource& source) {
        const spectrum::Spectrum found = spectrum::compute_group_spectrum(source, request, group, workspace_);
        double sigma_1 = found.sigma.empty() ? 0 : found.sigma[0];
        mpi::broadcast(group.comm, sigma_1, 0);
        return sigma_1;
    };
    spectrum::run_together(group.comm, [&] { refresh_statistics(input, format.transform(), stored); });
    if (sigma_1_of_ != input.key) {
        sigma_1_ = norm_of(stored);
        sigma_1_of_ = input.key;
    }
    result = statistics_;
    result.second = second_;
    result.sigma_1 = sigma_1_;
    if (need == StatisticsNeed::sigma_1_of_core) {
        QuantizedSource core(stored, *format.core(), group_statistics(input, *format.core(), stored, request, group));
        result.sigma_1_of_core = norm_of(core);
    }
    return result;
}

}  // namespace specsweep::measure
