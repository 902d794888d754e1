#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "metrics/pair.hpp"
#include "metrics/single.hpp"
#include "results/contents.hpp"
#include "results/judged_units.hpp"

namespace specsweep::verdicts {

/// Everything that claims are judged by: one quantized unit and its reference, or a reference alone.
struct UnitFacts {
    std::int64_t row = 0;
    std::int64_t matrix_row = 0, quantizer_row = 0;  ///< of the tables
    std::int64_t reference_row = -1;                 ///< of the units
    const results::MatrixRow* matrix = nullptr;
    const results::CheckpointRow* checkpoint = nullptr;
    std::string_view quantizer;  ///< canonical text, "reference" for the matrix itself
    std::optional<int> bits;     ///< of one code
    bool is_reference = false;
    double tolerance = 0;           ///< of the sweep: σ_n and κ are known to it where they are given
    metrics::SingleMetrics before;  ///< of the reference
    metrics::SingleMetrics after;   ///< of the unit itself; equal to before for a reference
    metrics::PairMetrics pair;
    std::optional<results::Moments> moments;            ///< of the unit
    std::optional<results::Moments> reference_moments;  ///< of its reference

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
    explicit FactReader(const results::JudgedUnits&);

    /// Facts of the unit of the same matrix with another quantizer; nothing where there is none that is done.
    std::optional<UnitFacts> sibling(const UnitFacts& unit, std::string_view quantizer) const;
    /// Facts of the unit with the same quantizer, checkpoint, block and expert whose matrix has this role.
    std::optional<UnitFacts> neighbour(const UnitFacts& unit, std::string_view role) const;
    /// Units with the same quantizer, matrix name and model over the steps of its training, done or not: step → row;
    /// empty but for the last of two steps or more, so that a trajectory is looked at once.
    std::map<std::int64_t, std::int64_t> trajectory(const UnitFacts& unit) const;

    /// Nothing when the unit or its reference is not done.
    std::optional<UnitFacts> read(std::int64_t row) const;
    /// The same into an object that is used again: what is known of the reference is copied once for the neighbouring
    /// units of a matrix. @return false: not done, and `facts` is not changed
    bool read(std::int64_t row, UnitFacts& facts) const;

private:
    using Steps = std::map<std::int64_t, std::int64_t>;  ///< step → matrix

    void sort_by_matrix();
    std::optional<UnitFacts> read(std::int64_t matrix, std::int64_t quantizer) const;
    std::optional<std::int64_t> row_of(std::int64_t matrix, std::int64_t quantizer) const;
    void remember_reference(std::int64_t row) const;

    const results::JudgedUnits& units_;
    std::vector<std::int64_t> by_matrix_;                             ///< rows by (matrix, quantizer)
    std::vector<std::int64_t> first_of_matrix_;                       ///< where each matrix begins there, and the end
    std::map<std::string, std::int64_t, std::less<>> quantizer_row_;  ///< of a text
    std::vector<std::optional<int>> bits_;                            ///< of a code, by quantizer
    mutable std::int64_t reference_row_ = -1;                         ///< units of a matrix are neighbours
    mutable metrics::SingleMetrics reference_;
    mutable std::optional<results::Moments> reference_moments_;  ///< nothing: it is not done
    std::map<std::tuple<std::int64_t, std::int64_t, std::int64_t, std::string>, std::int64_t> by_place_;
    std::map<std::pair<std::string, std::string>, Steps> by_step_;  ///< (checkpoint id, matrix name)
    std::vector<const Steps*> steps_of_matrix_;                     ///< null: it has no step
};

/// The number, or NaN.
double number(const metrics::Value&);

}  // namespace specsweep::verdicts
