#pragma once

#include "measure/row_transform.hpp"
#include "measure/stored_source.hpp"
#include "measure/token_weighting.hpp"

namespace specsweep::measure {

/// diag(√p)·E over the stored E.
struct WeightedReference {
    /// @param stored is used, not owned.
    WeightedReference(StoredSource& stored, const TokenFrequencies& frequencies, bool centred)
        : transform(frequencies.transform(stored, centred)), source(stored, transform)
    {
    }
    WeightedReference(const WeightedReference&) = delete;
    WeightedReference& operator=(const WeightedReference&) = delete;

    RowTransform transform;
    TransformedSource source;
};

}  // namespace specsweep::measure
