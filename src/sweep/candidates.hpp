#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "quantize/quantizer_text.hpp"
#include "sweep/counterparts.hpp"
#include "sweep/manifest.hpp"

namespace specsweep::sweep {

/// A point of the axes of one entry, the same for every matrix until something is derived.
struct Candidate {
    const QuantizerEntry* entry;
    AxisPoint point;
    bool included;                      ///< by `include`: no exclude rule applies
    quantize::QuantizerText resolved;   ///< all parameters; as given where the format refuses them
    std::string canonical;              ///< empty where the format refuses them
    std::optional<UsageError> problem;  ///< why it refuses them; an error only if no rule takes the point out
    std::vector<FieldValue> row;        ///< of Manifest::fields, quantizer slots filled; views into the members above
};

/// All candidates, with the digests of other checkpoints in the place of their paths, `quantizers` before `include`, in
/// the order of the manifest.
/// @param matrices number of selected ones.  @throws UsageError when matrices × points pass `most`, before they are
/// made
std::vector<Candidate> make_candidates(const Manifest&, Counterparts&, std::int64_t matrices, std::int64_t most);

}  // namespace specsweep::sweep
