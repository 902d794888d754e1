#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <vector>

#include "base/scratch_file.hpp"
#include "results/verdict_table.hpp"

namespace specsweep::results {

/// Neighbouring rows of one claim, column by column.
struct VerdictPiece {
    static constexpr std::size_t most_rows = 4096;  // 180 KiB

    std::size_t count = 0;
    std::array<std::int64_t, most_rows> unit;
    std::array<double, most_rows> left, right, ratio;
    std::array<std::int32_t, most_rows> scope, note;
    std::array<std::uint8_t, most_rows> verdict;

    void add(const VerdictRow&);  ///< @pre count < most_rows
    VerdictRow row(std::int32_t claim, std::size_t i) const;
};

/// Verdict rows by claim, in the order in which each claim got them: most of what an aggregate is made of besides its
/// spectra. What does not fit into memory goes into a scratch file.
class VerdictSpool {
public:
    /// What may be held in memory besides the last piece of each claim.
    static constexpr std::size_t most_bytes = std::size_t{64} << 20U;

    /// @param folder takes the scratch file
    VerdictSpool(const std::filesystem::path& folder, std::size_t claims, std::size_t most_bytes_held = most_bytes);

    /// row.claim says where it goes.
    void add(const VerdictRow&);
    std::int64_t size() const { return size_; }  ///< of all claims

    /// The rows of one claim in pieces; none of it may be added meanwhile.
    void for_each_piece(std::size_t claim, const std::function<void(const VerdictPiece&)>&) const;

private:
    struct Full {
        std::unique_ptr<VerdictPiece> held;
        std::int64_t at = 0;  ///< in the file, where it is not held
    };
    struct Rows {
        std::unique_ptr<VerdictPiece> recent;
        std::vector<Full> full;
    };
    void put_away(Rows&);

    ScratchFile file_;
    std::vector<Rows> claims_;
    std::size_t room_;  ///< in pieces
    std::int64_t size_ = 0, end_ = 0;
};

}  // namespace specsweep::results
