#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "base/hash.hpp"
#include "checkpoint/panel_reader.hpp"
#include "checkpoint/tensor_location.hpp"
#include "measure/held_matrix.hpp"
#include "measure/pair_moments.hpp"
#include "quantize/quantizer.hpp"
#include "spectrum/rank_group.hpp"
#include "spectrum/spectrum.hpp"
#include "spectrum/workspace.hpp"

namespace specsweep::measure {

class StoredSource;

/// What identifies the input of a unit.
struct MatrixInput {
    std::int64_t key = 0;  ///< equal keys = the same matrix: its statistics are kept
    const checkpoint::TensorLocation* location = nullptr;
    const checkpoint::Slice* slice = nullptr;
    Digest128 content_digest{};
    std::uint64_t seed = 0;  ///< of the sweep: with the content, the key of random numbers
};

/// The numbers of one unit. `moments` only for a quantized one.
struct UnitMeasurement {
    spectrum::Spectrum spectrum;
    std::optional<PairMoments> moments;
    double seconds_read = 0;
    double seconds_quantize = 0;
    double seconds_solve = 0;
    double seconds = 0;
};

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

    /// The same by all ranks of a group, for a solver of groups. @returns spectrum and moments on its rank 0.
    /// Collective over the group: a fault of one rank ends the unit on all, on the others as spectrum::PeerFailure.
    UnitMeasurement measure_in_group(const MatrixInput& input, const std::string& quantizer,
                                     const spectrum::SpectrumRequest& request, const spectrum::RankGroup& group);

private:
    static UnitMeasurement with_reasons(const std::function<UnitMeasurement()>& work);
    UnitMeasurement measure_in_group_checked(const MatrixInput& input, const std::string& text,
                                             const spectrum::SpectrumRequest& request,
                                             const spectrum::RankGroup& group);
    quantize::TensorStatistics group_statistics(const MatrixInput& input, const quantize::Quantizer& format,
                                                StoredSource& stored, const spectrum::SpectrumRequest& request,
                                                const spectrum::RankGroup& group);
    void verify_content(const MatrixInput& input);
    const quantize::Quantizer& quantizer(const std::string& text);
    quantize::TensorStatistics statistics(const MatrixInput& input, const quantize::Quantizer& quantizer,
                                          StoredSource& stored, const spectrum::SpectrumRequest& request);
    void refresh_statistics(const MatrixInput& input, const quantize::Quantizer& format, StoredSource& stored);
    UnitMeasurement measure_checked(const MatrixInput& input, const std::string& quantizer,
                                    const spectrum::SpectrumRequest& request);

    spectrum::Workspace workspace_;
    HeldMatrix held_;
    std::map<std::string, std::unique_ptr<const quantize::Quantizer>> quantizers_;
    std::map<std::string, bool> verified_;  ///< by file and tensor: content is what the plan saw
    std::optional<std::pair<std::int64_t, std::string>> statistics_of_;  ///< matrix and transform
    quantize::TensorStatistics statistics_{};
    std::optional<std::int64_t> sigma_1_of_;
    double sigma_1_ = 0;
};

}  // namespace specsweep::measure
