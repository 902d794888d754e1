#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace specsweep::metrics {

/// A row as WeightWatcher 0.7 computes it on a machine without CUDA, its conventions and thresholds included: absolute
/// ones (λ > 1e-5 for fits, λ < 1e-6 for weak_rank_loss), `norm` for ‖W‖_F², `spectral_norm` for σ₁², −1 for a fit that
/// failed, 1e-10 added to every p of the entropy. Names are WeightWatcher's. Not for anything but comparison with it.
struct WeightWatcherRow {
    std::int64_t larger = 0, smaller = 0;  ///< N, M
    double q = 0;                          ///< N/M
    double alpha = -1, alpha_weighted = -1, d = -1, sigma = -1, xmin = -1, xmax = -1;
    std::int64_t num_pl_spikes = -1, num_evals = 0;
    double lambda_max = 0;
    double log_alpha_norm = -1, log_norm = 0, log_spectral_norm = 0;
    double norm = 0, spectral_norm = 0, stable_rank = 0;
    std::int64_t matrix_rank = 0, rank_loss = 0, weak_rank_loss = 0;
    double entropy = 0;
    double sv_max = 0, sv_min = 0;
    std::string_view warning;  ///< "over-trained" (α < 2), "under-trained" (α > 6)
    std::string_view status;   ///< "success", "failed"; "skipped": WeightWatcher leaves such a layer out
};

/// @param sigma descending, min(rows, cols) values
WeightWatcherRow weight_watcher_row(std::span<const double> sigma, std::int64_t rows, std::int64_t cols);

}  // namespace specsweep::metrics
