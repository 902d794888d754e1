#pragma once

#include <span>
#include <string>
#include <string_view>

#include "metrics/pair.hpp"
#include "metrics/single.hpp"

namespace specsweep::metrics {

enum class ColumnKind { real, count };  ///< a count is a whole number, kept as fp64 all the same

/// One derived column of the table of units. Exactly one of `single` and `pair` is set.
struct Column {
    std::string_view name;
    ColumnKind kind;
    std::string_view unit;  ///< "1", "dB", "weight" (the unit of the weights), "weight^2"
    Value SingleMetrics::*single;
    Value PairMetrics::*pair;
    std::string_view summary;

    bool is_pair() const { return pair != nullptr; }
};

/// All of them in the order of interface.md §4; names are unique.
std::span<const Column> columns();

/// "stable_rank:zero-matrix;spectral_slope:not-computed": the columns without a number, in table order; empty if none.
std::string missing_reasons(const SingleMetrics&);
std::string missing_reasons(const PairMetrics&);

}  // namespace specsweep::metrics
