#include "run/compute_unit.hpp"

#include <new>
#include <optional>
#include <utility>
#include <vector>

#include "base/format.hpp"
#include "base/log.hpp"
#include "base/memory.hpp"
#include "cost/group_solver.hpp"
#include "measure/unit_failure.hpp"
#include "mpi/collectives.hpp"
#include "mpi/session.hpp"
#include "spectrum/peer_failure.hpp"
#include "sweep/counterparts.hpp"
#include "sweep/weighted_matrices.hpp"

namespace specsweep::run {
namespace {

spectrum::SpectrumRequest request_of(const sweep::Plan& plan, const sweep::PlanUnit& unit)
{
    const auto certificate = spectrum::parse_certificate(plan.certificate);
    const auto method = spectrum::parse_method(cost::method_of_solver(unit.solver));
    if (!certificate || !method)
        throw UsageError("the plan asks for something this program does not have",
                         "certificate " + plan.certificate + ", solver " + unit.solver, "plan again with this version");
    spectrum::SpectrumRequest request;
    request.tolerance = plan.tolerance;
    request.certificate = *certificate;
    request.method = *method;
    if (const auto group = cost::parse_group_solver(unit.solver))
        request.block_size = group->nb;
    request.seed = static_cast<std::uint64_t>(plan.seed);
    return request;
}

constexpr const char* out_of_memory = "unit:out-of-memory";

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

void copy_measurements(const measure::UnitMeasurement& measured, results::Moments& moments, results::RareMoments& rare)
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
        rare.cosine_histogram = std::make_shared<const results::CosineHistogram>(
            results::CosineHistogram{raw.histogram, centred.histogram});
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
    if (measured.extended)
        result.rare.extended = std::make_shared<const metrics::ExtendedMoments>(*measured.extended);
    if (measured.zipf_exponent)
        result.moments.zipf_exponent = *measured.zipf_exponent;
    copy_measurements(measured, result.moments, result.rare);
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

/// What UnitMeter needs of the plan; the counterpart lives here.
struct UnitInput {
    UnitInput(const sweep::Plan& plan, const sweep::PlanUnit& unit)
        : quantizer(plan.quantizers[static_cast<std::size_t>(unit.quantizer)])
    {
        const sweep::PlanMatrix& planned = plan.matrices[static_cast<std::size_t>(unit.matrix)];
        counterpart = counterpart_in(plan, quantizer, sweep::stored_name(planned));
        if (planned.weighting) {
            const auto& counts = plan.token_counts[static_cast<std::size_t>(planned.weighting->counts)];
            weighting = {counts.path, counts.digest, planned.weighting->centred};
        }
        matrix = {.key = unit.matrix,
                  .location = &planned.location,
                  .slice = &planned.matrix.slice,
                  .content_digest = planned.content_digest,
                  .seed = static_cast<std::uint64_t>(plan.seed),
                  .rows_are_vectors = planned.matrix.role == checkpoint::Role::embedding && !planned.weighting,
                  .extended = plan.metrics == "extended",
                  .counterpart = counterpart ? &*counterpart : nullptr,
                  .weighting = planned.weighting ? &weighting : nullptr};
    }
    UnitInput(const UnitInput&) = delete;
    UnitInput& operator=(const UnitInput&) = delete;

    const std::string& quantizer;
    std::optional<measure::Counterpart> counterpart;
    measure::TokenWeighting weighting;
    measure::MatrixInput matrix;
};

[[noreturn]] void abort_without_memory()
{
    mpi::abort_all_ranks(ExitCode::internal,
                         "out of memory in the middle of a group's work (the others of the group wait for this "
                         "rank) run again with more memory per rank: finished units are kept");
}

}  // namespace

results::UnitResult compute_unit(const sweep::Plan& plan, std::int64_t unit_row, measure::UnitMeter& meter)
{
    const sweep::PlanUnit& unit = plan.units[static_cast<std::size_t>(unit_row)];
    results::UnitResult result;
    try {
        const UnitInput input(plan, unit);
        result = to_result(meter.measure(input.matrix, input.quantizer, request_of(plan, unit)));
    } catch (const measure::UnitFailure& error) {
        result = failed(plan, unit, error.reason(), error.what());
    } catch (const std::bad_alloc&) {
        result = failed(plan, unit, out_of_memory, "out of memory (an allocation was refused)");
    }
    result.timing.predicted_seconds = unit.predicted_seconds;
    result.timing.peak_bytes = peak_resident_bytes();
    return result;
}

GroupUnit::GroupUnit(const sweep::Plan& plan, std::int64_t unit_row, measure::UnitMeter& meter,
                     const spectrum::RankGroup& group)
    : plan_(plan), unit_(plan.units[static_cast<std::size_t>(unit_row)]), meter_(meter), group_(group)
{
    attempt([&] {
        const UnitInput input(plan_, unit_);
        begun_.emplace(meter_.begin_in_group(input.matrix, input.quantizer, request_of(plan_, unit_), group_));
    });
}

/// What is wrong with this unit alone becomes its reason.
void GroupUnit::attempt(const std::function<void()>& work)
{
    try {
        work();
    } catch (const measure::UnitFailure& error) {
        reason_ = error.reason();
        text_ = error.what();
    } catch (const spectrum::PeerFailure&) {
        // The other rank says why.
    } catch (const std::bad_alloc&) {
        abort_without_memory();
    } catch (const Error& error) {
        reason_ = "unit:solver-failed";
        text_ = error.what();
    }
}

void GroupUnit::find_values(std::span<const std::unique_ptr<GroupUnit>> units)
{
    std::vector<measure::BegunUnit*> begun;
    for (const auto& unit : units)
        if (unit->begun_)
            begun.push_back(&*unit->begun_);
    if (begun.empty())
        return;
    try {
        measure::find_values(begun);
    } catch (const std::bad_alloc&) {
        abort_without_memory();
    }
}

std::optional<results::UnitResult> GroupUnit::finish()
{
    std::optional<results::UnitResult> result;
    bool undecided = false;
    if (begun_)
        attempt([&] {
            if (auto measured = measure::UnitMeter::finish_in_group(*begun_))
                result = to_result(*std::move(measured));
            else
                undecided = true;
        });
    if (undecided)
        return std::nullopt;
    return agreed(std::move(result).value_or(results::UnitResult()));
}

results::UnitResult GroupUnit::finish_accurately()
{
    results::UnitResult result;
    attempt([&] {
        const UnitInput input(plan_, unit_);
        result = to_result(meter_.finish_accurately_in_group(*std::move(begun_), input.matrix, input.quantizer,
                                                             request_of(plan_, unit_), group_));
    });
    return agreed(std::move(result));
}

/// What any rank says is wrong becomes the result.
results::UnitResult GroupUnit::agreed(results::UnitResult result) const
{
    const std::vector<std::string> reasons = mpi::gather_strings(group_.comm, reason_, 0);
    const std::vector<std::string> texts = mpi::gather_strings(group_.comm, text_, 0);
    for (std::size_t rank = 0; rank < reasons.size(); ++rank)
        if (!reasons[rank].empty()) {
            result = failed(plan_, unit_, reasons[rank], texts[rank]);
            break;
        }
    result.timing.predicted_seconds = unit_.predicted_seconds;
    result.timing.peak_bytes = peak_resident_bytes();
    return result;
}

}  // namespace specsweep::run
