#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <vector>

#include "base/page_buffer.hpp"
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
    /// What may be held in memory; what is beyond has the last piece of each claim besides.
    static constexpr std::size_t most_bytes = std::size_t{64} << 20U;

    /// @param folder takes the scratch file
    VerdictSpool(const std::filesystem::path& folder, std::size_t claims, std::size_t most_bytes_held = most_bytes);

    /// row.claim says where it goes.
    void add(const VerdictRow&);
    std::size_t claims() const { return claims_.size(); }
    std::int64_t size(std::size_t claim) const;  ///< rows

    /// The rows of one claim in pieces; none of it may be added meanwhile. Several threads may ask.
    void for_each_piece(std::size_t claim, const std::function<void(const VerdictPiece&)>&) const;

private:
    struct Full {
        const VerdictPiece* held = nullptr;
        std::int64_t at = 0;  ///< in the file, where it is not held
    };
    struct Rows {
        VerdictPiece* recent = nullptr;
        std::vector<Full> full;
    };
    VerdictPiece* new_piece();
    bool is_held(const VerdictPiece*) const;
    void put_away(Rows&);

    ScratchFile file_;
    PageBuffer held_;  ///< pieces, one after another
    std::vector<std::unique_ptr<VerdictPiece>> beyond_;
    std::vector<Rows> claims_;
    std::size_t room_, taken_ = 0;  ///< of held_, in pieces
    std::int64_t end_ = 0;
};

}  // namespace specsweep::results
