#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "base/hash.hpp"
#include "checkpoint/panel_reader.hpp"
#include "checkpoint/tensor_location.hpp"
#include "measure/forward_error.hpp"
#include "measure/held_matrix.hpp"
#include "measure/pair_moments.hpp"
#include "measure/quasi_orthogonality.hpp"
#include "measure/token_weighting.hpp"
#include "metrics/extended_moments.hpp"
#include "quantize/quantizer.hpp"
#include "spectrum/begun_spectrum.hpp"
#include "spectrum/leading_vectors.hpp"
#include "spectrum/rank_group.hpp"
#include "spectrum/spectrum.hpp"
#include "spectrum/workspace.hpp"

namespace specsweep::measure {

class QuantizedSource;
class StoredSource;
struct WeightedReference;

/// The same matrix of another checkpoint (format `checkpoint`).
struct Counterpart {
    checkpoint::TensorLocation location;
    checkpoint::Slice slice;
    Digest128 content_digest{};
};

/// What identifies the input of a unit.
struct MatrixInput {
    std::int64_t key = 0;  ///< equal keys = the same matrix: its statistics are kept
    const checkpoint::TensorLocation* location = nullptr;
    const checkpoint::Slice* slice = nullptr;
    Digest128 content_digest{};
    std::uint64_t seed = 0;                     ///< of the sweep: with the content, the key of random numbers
    bool rows_are_vectors = false;              ///< an embedding: the angles between its rows are measured
    bool extended = false;                      ///< what needs the matrix in memory is measured too (extended.hpp)
    const Counterpart* counterpart = nullptr;   ///< where the quantizer is another checkpoint
    const TokenWeighting* weighting = nullptr;  ///< where the unit is of the token-weighted embedding
};

/// ‖E‖ beside its Frobenius norm, and what E does to outputs.
struct ErrorMeasurement {
    static constexpr double none = std::numeric_limits<double>::quiet_NaN();

    double column_sum_max = 0;    ///< ‖E‖₁
    double spectral_low = none;   ///< ‖E‖₂ is at least this: guaranteed; NaN with fast metrics, like the next one
    double spectral_high = none;  ///< and at most this with probability ≥ 1 − 1e-12 over the seed
    double forward_rms = 0;       ///< √(Σ‖Ex‖²/Σ‖Wx‖²) over seeded x ~ N(0, I); NaN when Wx = 0
    double forward_worst = 0;     ///< the largest ‖Ex‖/‖Wx‖ among them
};

/// The numbers of one unit. `moments` and `error` only for a quantized one, `range` only for a reference.
struct UnitMeasurement {
    spectrum::Spectrum spectrum;
    std::optional<PairMoments> moments;
    std::optional<ErrorMeasurement> error;
    std::optional<quantize::TensorStatistics> range;
    std::optional<AngleMeasurement> angles;
    std::optional<metrics::ExtendedMoments> extended;  ///< only where the input asks for it; never by a group
    std::optional<double> zipf_exponent;  ///< of the counts that weight the rows, over the ranks that the spectrum has
    double seconds_read = 0;
    double seconds_quantize = 0;
    double seconds_solve = 0;
    double seconds = 0;
};

/// A unit that a group of ranks has begun: what does not follow from its singular values is measured, and those are
/// still to be found (spectrum::BegunSpectrum).
struct BegunUnit {
    UnitMeasurement rest;
    spectrum::BegunSpectrum spectrum;
};

/// The values of units of one group, each by one of its ranks, all at once. A fault stays with its unit. Collective.
void find_values(std::span<BegunUnit* const> units);

/// Computes units on one rank, one after another; keeps buffers, quantizers, the last matrix if it is small, its
/// statistics and
/// which tensors were found unchanged. Not collective, not thread-safe.
class UnitMeter {
public:
    /// @param quantizer canonical text, "reference" for the stored matrix itself.
    /// @throws UnitFailure when this unit cannot be computed: weights not finite, content changed since the plan, file
    /// not
    ///         readable, solver failure, failed self-check.
    UnitMeasurement measure(const MatrixInput& input, const std::string& quantizer,
                            const spectrum::SpectrumRequest& request);

    /// The same by all ranks of a group, for a solver of groups: begun, then find_values(), then finished; other units
    /// may be begun in the meantime. Collective over the group: a fault of one rank ends the unit on all, on the others
    /// as spectrum::PeerFailure.
    BegunUnit begin_in_group(const MatrixInput& input, const std::string& quantizer,
                             const spectrum::SpectrumRequest& request, const spectrum::RankGroup& group);
    /// @returns spectrum and moments on rank 0 of the group; nothing on any rank where the tolerance asks for the
    /// accurate path.
    static std::optional<UnitMeasurement> finish_in_group(BegunUnit& unit);
    /// That one: it reads the matrix again. All but `unit` as for begin_in_group().
    UnitMeasurement finish_accurately_in_group(BegunUnit unit, const MatrixInput& input, const std::string& quantizer,
                                               const spectrum::SpectrumRequest& request,
                                               const spectrum::RankGroup& group);

    /// What a unit's Ŵ is, panel by panel from row 0, as measure() sees it, without its spectrum.
    /// @throws as measure()
    using DecodedPanel = std::function<void(std::int64_t first_row, std::int64_t rows, const float* decoded)>;
    PairMoments decode(const MatrixInput& input, const std::string& quantizer, const spectrum::SpectrumRequest& request,
                       const DecodedPanel& sink);

private:
    struct GroupSources;

    static void with_reasons(const std::function<void()>& work);
    /// Opens what a unit reads, on every rank of the group. Collective.
    std::unique_ptr<GroupSources> open_in_group(const MatrixInput& input, const std::string& quantizer,
                                                const spectrum::SpectrumRequest& request,
                                                const spectrum::RankGroup& group);
    BegunUnit begin_in_group_checked(const MatrixInput& input, const std::string& quantizer,
                                     const spectrum::SpectrumRequest& request, const spectrum::RankGroup& group);
    void measure_error_in_group(const MatrixInput& input, GroupSources& sources, const spectrum::RankGroup& group,
                                UnitMeasurement& result);
    quantize::TensorStatistics group_statistics(const MatrixInput& input, const quantize::Quantizer& format,
                                                StoredSource& stored, const spectrum::SpectrumRequest& request,
                                                const spectrum::RankGroup& group);
    void verify_content(const checkpoint::TensorLocation& location, const Digest128& planned);
    const quantize::Quantizer& quantizer(const std::string& text);
    std::unique_ptr<quantize::SecondSource> second_source(const MatrixInput& input);
    quantize::TensorStatistics statistics(const MatrixInput& input, const quantize::Quantizer& quantizer,
                                          StoredSource& stored, const spectrum::SpectrumRequest& request);
    /// diag(√p)·E over the stored E; nothing for other units.
    std::unique_ptr<WeightedReference> weighted_reference(const MatrixInput& input, StoredSource& stored);
    /// Makes `source` diag(√p)·Q(E), to be compared with `weighted`.
    void weigh(const MatrixInput& input, const WeightedReference& weighted, QuantizedSource& source);
    /// Of the reference; nothing where binary32 does not hold it, which has a spectrum all the same.
    std::optional<quantize::TensorStatistics> range(const MatrixInput& input, StoredSource& stored,
                                                    spectrum::PanelSource& original);
    double zipf_exponent(const MatrixInput& input);
    ErrorMeasurement error(const MatrixInput& input, spectrum::PanelSource& original, QuantizedSource& source,
                           const PairMoments& moments, bool fast);
    AngleMeasurement angles(const MatrixInput& input, spectrum::PanelSource& source);
    /// @param quantized whether `source` is W̃, to be compared with `original`; else it is `original`
    metrics::ExtendedMoments extended(const MatrixInput& input, spectrum::PanelSource& original,
                                      spectrum::PanelSource& source, bool quantized, const spectrum::Spectrum& spectrum,
                                      const spectrum::SpectrumRequest& request);
    std::shared_ptr<ProbedMatrix> probed(const MatrixInput& input, const StoredSource& stored);
    void refresh_statistics(const MatrixInput& input, const quantize::Quantizer* transform, StoredSource& stored);
    UnitMeasurement measure_checked(const MatrixInput& input, const std::string& quantizer,
                                    const spectrum::SpectrumRequest& request);

    spectrum::Workspace workspace_;
    HeldMatrix held_;
    std::map<std::string, std::unique_ptr<const quantize::Quantizer>> quantizers_;
    std::map<std::string, bool> verified_;  ///< by file and tensor: content is what the plan saw
    std::optional<std::pair<std::int64_t, std::string>> statistics_of_;  ///< matrix and transform
    quantize::TensorStatistics statistics_{};
    std::shared_ptr<ProbedMatrix> probed_;  ///< the last matrix
    std::optional<std::int64_t> probed_of_;
    std::optional<spectrum::LeadingVectors> leading_;  ///< of the last matrix, for extended measurements
    std::optional<std::int64_t> leading_of_;
    std::optional<std::int64_t> sigma_1_of_;
    double sigma_1_ = 0;
    TokenFrequencyCache frequencies_;
    quantize::SecondSource* second_ = nullptr;  ///< of the unit that is being measured
};

}  // namespace specsweep::measure
