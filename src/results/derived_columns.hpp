#pragma once

#include <vector>

namespace specsweep::results {

/// The derived columns of all units, in the order of metrics::columns(); NaN where there is no value.
struct DerivedColumns {
    std::vector<std::vector<double>> values;
};

}  // namespace specsweep::results
