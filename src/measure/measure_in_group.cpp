#include <optional>
#include <utility>
#include <vector>

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

struct UnitMeter::GroupSources {
    std::optional<checkpoint::PanelReader> reader;
    std::optional<StoredSource> stored;
    std::unique_ptr<WeightedReference> weighted;
    std::unique_ptr<quantize::SecondSource> second;
    std::optional<QuantizedSource> quantized;
    double seconds_opening = 0;

    /// W, as `quantized` compares with it.
    spectrum::PanelSource& original()
    {
        return weighted ? static_cast<spectrum::PanelSource&>(weighted->source) : *stored;
    }
    /// What the spectrum is of.
    spectrum::PanelSource& matrix() { return quantized ? static_cast<spectrum::PanelSource&>(*quantized) : original(); }
    double seconds_quantize() const { return quantized ? quantized->seconds_quantize() : 0; }
};

BegunUnit UnitMeter::begin_in_group(const MatrixInput& input, const std::string& quantizer,
                                    const spectrum::SpectrumRequest& request, const spectrum::RankGroup& group)
{
    std::optional<BegunUnit> unit;
    with_reasons([&] { unit.emplace(begin_in_group_checked(input, quantizer, request, group)); });
    return *std::move(unit);
}

BegunUnit UnitMeter::begin_in_group_checked(const MatrixInput& input, const std::string& text,
                                            const spectrum::SpectrumRequest& request, const spectrum::RankGroup& group)
{
    const Stopwatch whole;
    UnitMeasurement result;
    const std::unique_ptr<GroupSources> sources = open_in_group(input, text, request, group);
    if (sources->weighted)
        result.zipf_exponent = zipf_exponent(input);
    const double read_before = sources->stored->seconds_read();
    const Stopwatch watch;
    BegunUnit unit{.rest = std::move(result), .spectrum = {sources->matrix(), request, group, workspace_}};
    unit.rest.seconds_solve =
        watch.seconds() - (sources->stored->seconds_read() - read_before) - sources->seconds_quantize();
    if (sources->quantized)
        measure_error_in_group(input, *sources, group, unit.rest);
    else
        spectrum::run_on_root_patiently(group.comm,
                                        [&] { unit.rest.range = range(input, *sources->stored, sources->original()); });
    unit.rest.seconds_quantize = sources->seconds_quantize();
    unit.rest.seconds_read = sources->seconds_opening + sources->stored->seconds_read();
    unit.rest.seconds = whole.seconds();
    return unit;
}

std::unique_ptr<UnitMeter::GroupSources> UnitMeter::open_in_group(const MatrixInput& input, const std::string& text,
                                                                  const spectrum::SpectrumRequest& request,
                                                                  const spectrum::RankGroup& group)
{
    const Stopwatch watch;
    auto sources = std::make_unique<GroupSources>();
    // What may fail on one rank alone comes first, and ends the unit on all.
    spectrum::run_together(group.comm, [&] {
        if (group.comm.is_root())
            verify_content(*input.location, input.content_digest);
        sources->reader.emplace(*input.location, *input.slice);
        sources->stored.emplace(*sources->reader, held_, input.key);
        sources->weighted = weighted_reference(input, *sources->stored);
    });
    sources->seconds_opening = watch.seconds() - sources->stored->seconds_read();
    if (text == "reference")
        return sources;
    const quantize::Quantizer* format = nullptr;
    spectrum::run_together(group.comm, [&] {
        format = &quantizer(text);
        sources->second = second_source(input);
    });
    second_ = sources->second.get();
    sources->quantized.emplace(*sources->stored, *format,
                               group_statistics(input, *format, *sources->stored, request, group));
    if (sources->weighted)
        spectrum::run_together(group.comm, [&] { weigh(input, *sources->weighted, *sources->quantized); });
    return sources;
}

/// Rank 0 has seen its share of the panels; it quantizes the others once more, so that sums keep their order.
/// The angles of embeddings need more memory than a rank of a group has.
void UnitMeter::measure_error_in_group(const MatrixInput& input, GroupSources& sources,
                                       const spectrum::RankGroup& group, UnitMeasurement& result)
{
    bool norm_wanted = false;
    spectrum::run_on_root_patiently(group.comm, [&] {
        result.moments = sources.quantized->moments();
        result.error = error_sums(*sources.quantized);
        norm_wanted = error_has_norm(*result.moments);
    });
    mpi::broadcast(group.comm, norm_wanted, 0);
    if (!norm_wanted)
        return;
    ErrorSource difference(sources.original(), *sources.quantized);
    const spectrum::SpectralNorm norm =
        spectrum::group_spectral_norm(difference, error_norm_request(input.seed), group.comm, workspace_);
    if (group.comm.is_root())
        set_error_norm(*result.error, norm, *result.moments, sources.original());
}

void find_values(std::span<BegunUnit* const> units)
{
    const Stopwatch watch;
    std::vector<spectrum::BegunSpectrum*> spectra;
    for (BegunUnit* const unit : units)
        spectra.push_back(&unit->spectrum);
    find_values(spectra);
    const double share = watch.seconds() / static_cast<double>(units.size());
    for (BegunUnit* const unit : units) {
        unit->rest.seconds_solve += share;
        unit->rest.seconds += share;
    }
}

std::optional<UnitMeasurement> UnitMeter::finish_in_group(BegunUnit& unit)
{
    const Stopwatch watch;
    std::optional<spectrum::Spectrum> found;
    with_reasons([&] { found = unit.spectrum.finish(); });
    unit.rest.seconds_solve += watch.seconds();
    unit.rest.seconds += watch.seconds();
    if (!found)
        return std::nullopt;
    unit.rest.spectrum = *std::move(found);
    return std::move(unit.rest);
}

UnitMeasurement UnitMeter::finish_accurately_in_group(BegunUnit unit, const MatrixInput& input,
                                                      const std::string& quantizer,
                                                      const spectrum::SpectrumRequest& request,
                                                      const spectrum::RankGroup& group)
{
    const Stopwatch watch;
    UnitMeasurement result = std::move(unit.rest);
    with_reasons([&] {
        const std::unique_ptr<GroupSources> sources = open_in_group(input, quantizer, request, group);
        spectrum::SpectrumRequest accurate = request;
        accurate.method = spectrum::Method::group_qr;
        result.spectrum = spectrum::compute_group_spectrum(sources->matrix(), accurate, group, workspace_);
        const double read = sources->stored->seconds_read(), quantize = sources->seconds_quantize();
        result.seconds_read += read;
        result.seconds_quantize += quantize;
        result.seconds_solve += watch.seconds() - read - quantize;
    });
    result.seconds += watch.seconds();
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
