#pragma once

#include <cstddef>
#include <cstdint>
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
    /// A column whose reason speaks for this one: when both are empty for the same reason, only that one's is listed.
    std::string_view leader = {};
    bool only_where_applicable = false;  ///< may be empty without a reason: it does not speak of every matrix

    bool is_pair() const { return pair != nullptr; }
};

/// Rises when a change moves any number of an existing column: values that an older version derived are then derived
/// anew. A new column needs no rise (results::derived_crc covers the names).
inline constexpr std::int64_t derivation_version = 1;

/// All of them in the order of interface.md §4; names are unique.
std::span<const Column> columns();

/// Row of the leader of columns()[column]; −1: it has none.
std::ptrdiff_t leader_of(std::size_t column);

/// "stable_rank:zero-matrix;spectral_slope:not-computed": the columns without a number, in table order; those that
/// their leader speaks for are left out.
std::string missing_reasons(const SingleMetrics&);
std::string missing_reasons(const PairMetrics&);

}  // namespace specsweep::metrics
