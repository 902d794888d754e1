#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <vector>

#include "base/scratch_file.hpp"
#include "results/verdict_table.hpp"

namespace specsweep::results {

/// Verdict rows by claim, in the order in which each claim got them: most of what an aggregate is made of besides its
/// spectra. What does not fit into a small buffer goes into a scratch file.
class VerdictSpool {
public:
    /// @param folder takes the scratch file
    VerdictSpool(const std::filesystem::path& folder, std::size_t claims);

    /// row.claim says where it goes.
    void add(const VerdictRow&);
    std::int64_t size() const { return size_; }  ///< of all claims

    /// The rows of one claim in pieces; none may be added meanwhile.
    void for_each_piece(std::size_t claim, const std::function<void(std::span<const VerdictRow>)>&) const;

private:
    struct Rows {
        std::vector<VerdictRow> recent;
        std::vector<std::int64_t> pieces;  ///< where full buffers went
    };
    ScratchFile file_;
    std::vector<Rows> claims_;
    std::int64_t size_ = 0, end_ = 0;
};

}  // namespace specsweep::results
