#include "run/compute_unit.hpp"

#include <new>
#include <optional>

#include "base/format.hpp"
#include "base/log.hpp"
#include "base/memory.hpp"
#include "measure/unit_failure.hpp"
#include "sweep/counterparts.hpp"

namespace specsweep::run {
namespace {

spectrum::SpectrumRequest request_of(const sweep::Plan& plan, const sweep::PlanUnit& unit)
{
    const auto certificate = spectrum::parse_certificate(plan.certificate);
    const auto method = spectrum::parse_method(unit.solver);
    if (!certificate || !method)
        throw UsageError("the plan asks for something this program does not have",
                         "certificate " + plan.certificate + ", solver " + unit.solver, "plan again with this version");
    spectrum::SpectrumRequest request;
    request.tolerance = plan.tolerance;
    request.certificate = *certificate;
    request.method = *method;
    request.seed = static_cast<std::uint64_t>(plan.seed);
    return request;
}

results::UnitResult failed(const sweep::Plan& plan, const sweep::PlanUnit& unit, std::string reason,
                           std::string_view text)
{
    const sweep::PlanMatrix& matrix = plan.matrices[static_cast<std::size_t>(unit.matrix)];
    log_warning("{} {} {}: {}", plan.checkpoints[static_cast<std::size_t>(matrix.checkpoint)].id, matrix.matrix.name,
                plan.quantizers[static_cast<std::size_t>(unit.quantizer)], text);
    results::UnitResult result;
    result.state = results::UnitState::failed;
    result.reason = std::move(reason);
    return result;
}

void copy_measurements(const measure::UnitMeasurement& measured, results::Moments& moments)
{
    if (measured.error) {
        moments.error_column_sum_max = measured.error->column_sum_max;
        moments.error_spectral_low = measured.error->spectral_low;
        moments.error_spectral_high = measured.error->spectral_high;
        moments.forward_error_rms = measured.error->forward_rms;
        moments.forward_error_worst = measured.error->forward_worst;
    }
    if (measured.range) {
        moments.weight_min = static_cast<double>(measured.range->minimum);
        moments.weight_max = static_cast<double>(measured.range->maximum);
        moments.absolute_sum = measured.range->absolute_sum;
    }
    if (measured.angles) {
        const measure::CosineStatistics& raw = measured.angles->raw;
        const measure::CosineStatistics& centred = measured.angles->centred;
        moments.cosine_rows = raw.rows;
        moments.cosine_pairs = raw.pairs;
        moments.cosine_mean = raw.mean;
        moments.cosine_mean_square = raw.mean_square;
        moments.cosine_share_1 = raw.share[0];
        moments.cosine_share_2 = raw.share[1];
        moments.cosine_share_3 = raw.share[2];
        moments.centred_cosine_mean = centred.mean;
        moments.centred_cosine_mean_square = centred.mean_square;
        moments.centred_cosine_share_1 = centred.share[0];
        moments.centred_cosine_share_2 = centred.share[1];
        moments.centred_cosine_share_3 = centred.share[2];
    }
}

results::UnitResult to_result(measure::UnitMeasurement&& measured)
{
    results::UnitResult result;
    result.state = results::UnitState::done;
    result.method = std::move(measured.spectrum.method);
    result.sigma = std::move(measured.spectrum.sigma);
    result.error = std::move(measured.spectrum.error);
    result.moments.frobenius_squared = measured.spectrum.frobenius_squared;
    result.moments.frobenius_squared_error = measured.spectrum.frobenius_squared_error;
    if (measured.moments) {
        result.moments.inner_product = measured.moments->inner_product;
        result.moments.error_frobenius_squared = measured.moments->error_frobenius_squared;
        result.moments.error_max = measured.moments->error_max;
        result.moments.zeroed = measured.moments->zeroed;
        result.moments.clipped = measured.moments->clipped;
        result.moments.error_row_sum_max = measured.moments->row_sum_max;
    }
    copy_measurements(measured, result.moments);
    result.timing.seconds_read = measured.seconds_read;
    result.timing.seconds_quantize = measured.seconds_quantize;
    result.timing.seconds_solve = measured.seconds_solve;
    result.timing.seconds = measured.seconds;
    return result;
}

std::optional<measure::Counterpart> counterpart_in(const sweep::Plan& plan, std::string_view quantizer,
                                                   std::string_view name)
{
    const sweep::PlanCounterpart* other = sweep::counterpart_of(plan, quantizer);
    if (other == nullptr)
        return std::nullopt;
    const auto found = other->matrices.find(name);
    if (found == other->matrices.end())
        throw InternalError(fmt::format("the plan has {} for {}, which it does not know there", quantizer, name));
    return measure::Counterpart{found->second.location, found->second.slice, found->second.content_digest};
}

}  // namespace

results::UnitResult compute_unit(const sweep::Plan& plan, std::int64_t unit_row, measure::UnitMeter& meter)
{
    const sweep::PlanUnit& unit = plan.units[static_cast<std::size_t>(unit_row)];
    const sweep::PlanMatrix& matrix = plan.matrices[static_cast<std::size_t>(unit.matrix)];
    const std::string& quantizer = plan.quantizers[static_cast<std::size_t>(unit.quantizer)];
    const std::optional<measure::Counterpart> counterpart = counterpart_in(plan, quantizer, matrix.matrix.name);
    const measure::MatrixInput input{.key = unit.matrix,
                                     .location = &matrix.location,
                                     .slice = &matrix.matrix.slice,
                                     .content_digest = matrix.content_digest,
                                     .seed = static_cast<std::uint64_t>(plan.seed),
                                     .rows_are_vectors = matrix.matrix.role == checkpoint::Role::embedding,
                                     .counterpart = counterpart ? &*counterpart : nullptr};
    results::UnitResult result;
    try {
        result = to_result(meter.measure(input, quantizer, request_of(plan, unit)));
    } catch (const measure::UnitFailure& error) {
        result = failed(plan, unit, error.reason(), error.what());
    } catch (const std::bad_alloc&) {
        result = failed(plan, unit, "unit:out-of-memory", "out of memory (an allocation was refused)");
    }
    result.timing.predicted_seconds = unit.predicted_seconds;
    result.timing.peak_bytes = peak_resident_bytes();
    return result;
}

}  // namespace specsweep::run
