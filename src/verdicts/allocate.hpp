#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "results/result_file.hpp"

namespace specsweep::verdicts {

/// What one rule chooses, measured.
struct RuleResult {
    std::string name;
    bool feasible = false;
    std::vector<std::string> choice;  ///< canonical quantizer of each matrix
    double bits = 0;                  ///< mean over all weights, scales included
    double error = 0;                 ///< Σ n_i·‖E_i‖²/‖W_i‖² / Σ n_i
    /// Spearman of the bits it gives with the relative error that a common quantizer has on the same matrix: whether it
    /// gives bits to the layers that suffer. NaN where no quantizer is common to all, or all get as many bits.
    double correlation = 0;
    std::string note;
};

/// Four ways to spend a budget on one checkpoint.
struct BudgetReport {
    std::string checkpoint;
    std::int64_t step = -1;
    double budget = 0;
    std::vector<std::string> matrices;  ///< names, in plan order
    std::vector<RuleResult> rules;      ///< condition, error, alpha, stable-rank
    double error_bound = 0;             ///< no choice within the budget has a smaller error
};

/// Rules over the quantizers that the file has for each matrix (done, finite error); n_i elements, b bits of one code:
///
///   condition    b_i = ⌈log₂ κ_i⌉ + b_base, the largest b_base within the budget (LOCK-SpectralQuant, step 7); κ_i its
///                lower bound where it is not resolved
///   error        least Σ n_i ‖E_i‖²/‖W_i‖² (metrics::allocate_bits: the optimum, or the gap that is left)
///   alpha        least Σ n_i w_i 4^(−b_i), w_i = 1/α_i: heavier tails get more bits (after AlphaQ)
///   stable-rank  the same with w_i = Sr_i: dispersed spectra get more bits (LOCK-SpectralQuant, overview)
///
/// A rule's b_i becomes the quantizer with that many code bits, or the nearest number below (above when none is), and
/// among those the one with the least measured error.
/// @throws UsageError: no aggregate with derived columns, several checkpoints and none named, an unknown one, nothing
/// measured.
BudgetReport allocate(const results::ResultFile&, double budget, const std::optional<std::string>& checkpoint);

/// The same for every budget that is a multiple of 1/4 from the fewest bits that the measured quantizers allow to the
/// most; for every checkpoint, or the named one. Checkpoints without a choice are left out.
/// @throws as allocate(), but for several checkpoints and none measured
std::vector<BudgetReport> allocation_curve(const results::ResultFile&, const std::optional<std::string>& checkpoint);

/// @throws UsageError with the nearest name.
const RuleResult& find_rule(const BudgetReport&, std::string_view name);

/// A manifest with one quantizer entry for each distinct quantizer and the matrices that take it.
std::string manifest_of(const BudgetReport&, const RuleResult&, std::string_view checkpoint_path);

}  // namespace specsweep::verdicts
