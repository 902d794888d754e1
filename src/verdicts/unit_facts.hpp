#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

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
    double tolerance = 0;           ///< of the sweep: σ_n and κ are known to it where they are given
    metrics::SingleMetrics before;  ///< of the reference
    metrics::SingleMetrics after;   ///< of the unit itself; equal to before for a reference
    metrics::PairMetrics pair;
    const results::Moments* moments = nullptr;            ///< of the unit
    const results::Moments* reference_moments = nullptr;  ///< of its reference

    double rows() const { return static_cast<double>(matrix->rows); }
    double cols() const { return static_cast<double>(matrix->cols); }
    /// ‖W‖_max of the reference; NaN in files older than that moment.
    double weight_magnitude() const;
    /// ‖E‖_F/‖W‖_F: the RMS relative error of Wx for x ~ N(0, I).
    double relative_error() const;

    /// 2^b; nothing for a format without codes.
    std::optional<double> levels() const;
};

/// Facts of done units, read back from derived columns.
class FactReader {
public:
    FactReader(const results::Contents&, const results::UnitColumns&, const results::DerivedColumns&);

    /// Facts of the unit of the same matrix with another quantizer; nothing where there is none that is done.
    std::optional<UnitFacts> sibling(const UnitFacts& unit, std::string_view quantizer) const;
    /// Facts of the unit with the same quantizer, checkpoint, block and expert whose matrix has this role.
    std::optional<UnitFacts> neighbour(const UnitFacts& unit, std::string_view role) const;

    /// Nothing when the unit or its reference is not done.
    std::optional<UnitFacts> read(std::int64_t row) const;

private:
    metrics::SingleMetrics single(std::int64_t row) const;
    metrics::PairMetrics pair(std::int64_t row) const;

    const results::Contents& contents_;
    const results::UnitColumns& columns_;
    const results::DerivedColumns& derived_;
    std::map<std::pair<std::int64_t, std::string>, std::int64_t> by_matrix_;  ///< (matrix, quantizer) → unit
    std::map<std::tuple<std::int64_t, std::int64_t, std::int64_t, std::string>, std::int64_t> by_place_;
};

/// The number, or NaN.
double number(const metrics::Value&);

}  // namespace specsweep::verdicts
