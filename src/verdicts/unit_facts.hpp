#pragma once

#include <optional>
#include <string_view>

#include "metrics/pair.hpp"
#include "metrics/single.hpp"
#include "results/contents.hpp"
#include "results/derived_columns.hpp"
#include "results/unit_columns.hpp"

namespace specsweep::verdicts {

/// Everything that claims are judged by: one quantized unit and its reference, or a reference alone.
struct UnitFacts {
    std::int64_t row = 0;
    const results::MatrixRow* matrix = nullptr;
    std::string_view quantizer;  ///< canonical text, "reference" for the matrix itself
    std::optional<int> bits;     ///< of one code
    bool is_reference = false;
    metrics::SingleMetrics before;  ///< of the reference
    metrics::SingleMetrics after;   ///< of the unit itself; equal to before for a reference
    metrics::PairMetrics pair;

    /// 2^b; nothing for a format without codes.
    std::optional<double> levels() const;
};

/// Facts of done units, read back from derived columns.
class FactReader {
public:
    FactReader(const results::Contents&, const results::UnitColumns&, const results::DerivedColumns&);

    /// Nothing when the unit or its reference is not done.
    std::optional<UnitFacts> read(std::int64_t row) const;

private:
    metrics::SingleMetrics single(std::int64_t row) const;
    metrics::PairMetrics pair(std::int64_t row) const;

    const results::Contents& contents_;
    const results::UnitColumns& columns_;
    const results::DerivedColumns& derived_;
};

}  // namespace specsweep::verdicts
