#pragma once

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <vector>

#include "metrics/columns.hpp"
#include "results/derive.hpp"
#include "verdicts/claim.hpp"
#include "verdicts/evaluate.hpp"

namespace specsweep::verdicts {

/// Diagonal matrices, so that spectra and moments are known by hand; evaluated as an aggregate would be.
class Sweep {
public:
    Sweep()
    {
        contents.header.tolerance = 1e-4;
        contents.checkpoints = {{"model", -1, "gpt2"}};
        contents.quantizers = {"reference"};
    }

    void add_matrix(const std::vector<double>& diagonal, const std::string& role = "mlp_up")
    {
        results::MatrixRow matrix;
        matrix.name = "m" + std::to_string(contents.matrices.size());
        matrix.role = role;
        matrix.checkpoint = std::ssize(contents.checkpoints) - 1;
        matrix.block_index = 0;
        matrix.rows = matrix.cols = std::ssize(diagonal);
        contents.matrices.push_back(matrix);
        reference_ = std::ssize(contents.units);
        diagonal_ = diagonal;
        results::UnitResult unit = made(diagonal);
        unit.moments.weight_min = *std::min_element(diagonal.begin(), diagonal.end());
        unit.moments.weight_max = *std::max_element(diagonal.begin(), diagonal.end());
        unit.moments.absolute_sum = 0;
        for (const double w : diagonal)
            unit.moments.absolute_sum += std::abs(w);
        add(0, std::move(unit));
    }

    void add_unit(const std::string& quantizer, const std::vector<double>& decoded)
    {
        auto known = std::find(contents.quantizers.begin(), contents.quantizers.end(), quantizer);
        if (known == contents.quantizers.end())
            known = contents.quantizers.insert(known, quantizer);
        results::UnitResult unit = made(decoded);
        results::Moments& moments = unit.moments;
        moments.error_column_sum_max = moments.error_row_sum_max = 0;
        for (std::size_t i = 0; i < decoded.size(); ++i) {
            const double e = decoded[i] - diagonal_[i];
            moments.inner_product += diagonal_[i] * e;
            moments.error_frobenius_squared += e * e;
            moments.error_max = std::max(moments.error_max, std::abs(e));
        }
        moments.error_column_sum_max = moments.error_row_sum_max = moments.error_spectral_low =
            moments.error_spectral_high = moments.error_max;
        moments.forward_error_rms = moments.forward_error_worst = std::sqrt(
            moments.error_frobenius_squared / held_[static_cast<std::size_t>(reference_)].moments.frobenius_squared);
        add(known - contents.quantizers.begin(), std::move(unit));
    }

    results::VerdictTable evaluate() const
    {
        results::UnitColumns columns(held_.size());
        results::DerivedColumns derived;
        derived.values.assign(metrics::columns().size(), {});
        for (std::size_t row = 0; row < held_.size(); ++row) {
            columns.states[row] = static_cast<std::uint8_t>(held_[row].state);
            columns.moments[row] = held_[row].moments;
            const auto reference = static_cast<std::size_t>(contents.units[row].reference);
            const auto values = results::derive(contents.matrix_of(static_cast<std::int64_t>(row)), contents.header,
                                                held_[row], reference == row ? nullptr : &held_[reference]);
            for (std::size_t c = 0; c < values.size(); ++c)
                derived.values[c].push_back(values[c].has_value() ? *values[c] : std::nan(""));
        }
        return verdicts::evaluate(contents, columns, derived);
    }

    results::UnitResult& last() { return held_.back(); }
    void fail_last() { last().state = results::UnitState::failed; }

    results::Contents contents;

private:
    static results::UnitResult made(const std::vector<double>& diagonal)
    {
        results::UnitResult unit;
        unit.state = results::UnitState::done;
        for (const double d : diagonal) {
            unit.sigma.push_back(std::abs(d));
            unit.moments.frobenius_squared += d * d;
        }
        std::sort(unit.sigma.rbegin(), unit.sigma.rend());
        unit.error.assign(diagonal.size(), 0.0);
        return unit;
    }

    void add(std::int64_t quantizer, results::UnitResult unit)
    {
        results::UnitRow row;
        row.id = std::to_string(contents.units.size());
        row.matrix = std::ssize(contents.matrices) - 1;
        row.quantizer = quantizer;
        row.reference = reference_;
        row.sigma_count = std::ssize(unit.sigma);
        contents.units.push_back(row);
        held_.push_back(std::move(unit));
    }

    std::int64_t reference_ = 0;
    std::vector<double> diagonal_;
    std::vector<results::UnitResult> held_;
};

struct Found {
    Verdict verdict;
    double left, right;
    std::string note;
};

/// Rows of a claim by scope; those of units as "unit 3".
inline std::map<std::string, Found> of_claim(const results::VerdictTable& table, std::string_view claim)
{
    std::map<std::string, Found> found;
    for (const results::VerdictRow& row : table.rows) {
        if (table.claims[static_cast<std::size_t>(row.claim)].name != claim)
            continue;
        std::string scope = table.scopes[static_cast<std::size_t>(row.scope)];
        if (row.unit >= 0)
            scope += " " + std::to_string(row.unit);
        found[scope] = {static_cast<Verdict>(row.verdict), row.left, row.right,
                        table.notes[static_cast<std::size_t>(row.note)]};
    }
    return found;
}

}  // namespace specsweep::verdicts
