#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/hash.hpp"
#include "checkpoint/token_counts.hpp"
#include "measure/row_transform.hpp"
#include "spectrum/panel_source.hpp"

namespace specsweep::measure {

/// How the rows of an embedding E are weighted: X = diag(√p)·E with the frequencies p of the tokens in a corpus.
///
/// XᵀX = Σ_k p_k e_k e_kᵀ is the second moment of the embedded corpus; with `centred`, X = diag(√p)·(E − 1μᵀ),
/// μ = Σ p_k e_k, its covariance (arXiv 2602.00969, mechanism 1). A quantizer acts on E, and μ is that of what it made.
struct TokenWeighting {
    std::filesystem::path counts;  ///< file of read_token_counts()
    Digest128 digest{};            ///< of the counts that were planned
    bool centred = false;
};

/// The frequencies of one file of counts.
class TokenFrequencies {
public:
    explicit TokenFrequencies(const checkpoint::TokenCounts& counts);

    /// Zipf's a over ranks 1 … `last`; NaN with fewer than three tokens. metrics/zipf_exponent.hpp
    double zipf_exponent(std::int64_t last) const;

    /// The transform of this matrix; one pass over it where it is centred. μ is summed in binary64, rows in order.
    RowTransform transform(spectrum::PanelSource& matrix, bool centred) const;

private:
    std::vector<double> p_, root_;
};

/// Files of counts that were read before. Not thread-safe.
class TokenFrequencyCache {
public:
    /// @throws UnitFailure when the counts are not those that were planned; InputError, IoError.
    const TokenFrequencies& of(const TokenWeighting& weighting);

private:
    std::map<std::string, std::unique_ptr<const TokenFrequencies>> files_;
};

}  // namespace specsweep::measure
