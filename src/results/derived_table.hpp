#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "results/result_file.hpp"

namespace specsweep::results {

/// Derived columns of a file by row: those that an aggregate stores, or derived on the spot from a shard file.
class DerivedTable {
public:
    explicit DerivedTable(const ResultFile&);

    struct Row {
        std::vector<double> values;  ///< in the order of metrics::columns(); NaN where there is none
        std::string reason;          ///< why not: "column:code" items, or `unit:…`
    };
    Row row(std::int64_t row);

private:
    Row stored(std::int64_t row) const;
    Row derived(std::int64_t row);

    const ResultFile& file_;
    std::vector<std::vector<double>> stored_;
    UnitResult reference_;
    std::int64_t reference_row_ = -1;
};

}  // namespace specsweep::results
