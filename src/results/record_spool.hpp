#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>
#include <vector>

#include "base/page_buffer.hpp"
#include "base/scratch_file.hpp"
#include "results/layout.hpp"
#include "results/unit_result.hpp"

namespace specsweep::results {

/// One unit of an aggregate on its way from the source files to columns; its derived values stand behind it. All zero:
/// no file has it.
struct UnitRecord {
    template <std::int64_t width>
    using Text = std::array<char, static_cast<std::size_t>(width)>;

    Text<layout::id_width> id;
    Text<layout::solver_width> solver;
    double bits_per_weight;

    UnitState state;
    bool has_derived;             ///< values and reason were derived from this result and the reference below
    std::uint32_t crc;            ///< content_crc
    std::uint32_t reference_crc;  ///< content_crc of that reference; 0 for a reference
    Text<layout::method_width> method;
    Text<layout::reason_width> reason;  ///< of a failure, or of derived values
    Moments moments;
    std::int64_t taken_from;  ///< which of the source files
    std::int64_t timing_source;
    Timing timing;
};
static_assert(std::is_trivially_copyable_v<UnitRecord> && sizeof(UnitRecord) % sizeof(double) == 0);

/// A fixed-size text without its padding.
template <std::size_t width>
std::string_view text_of(const std::array<char, width>& padded)
{
    const std::string_view all(padded.data(), width);
    return all.substr(0, all.find('\0'));
}

/// @return false when the text is too long
template <std::size_t width>
bool set_text(std::array<char, width>& padded, std::string_view text)
{
    if (text.size() > width)
        return false;
    padded.fill('\0');
    text.copy(padded.data(), width);
    return true;
}

/// Neighbouring records in memory.
class RecordBlock {
public:
    std::int64_t first() const { return first_; }
    std::int64_t count() const { return count_; }
    bool holds(std::int64_t row) const { return row >= first_ && row - first_ < count_; }

    UnitRecord& record(std::int64_t row);  ///< @pre holds(row)
    const UnitRecord& record(std::int64_t row) const;
    std::span<double> derived(std::int64_t row);  ///< in the order of metrics::columns(), if it has_derived
    std::span<const double> derived(std::int64_t row) const;

private:
    friend class RecordSpool;
    std::int64_t first_ = 0, count_ = 0;
    std::byte* at_ = nullptr;        ///< the first record, in the spool's memory or in
    std::vector<std::byte> copied_;  ///< what was read from its file
};

/// All records: in memory while they are few, else in a scratch file, so that memory does not grow with the sweep.
class RecordSpool {
public:
    /// What may be held in memory: some 170,000 records.
    static constexpr std::int64_t most_bytes = std::int64_t{256} << 20U;

    /// @param folder of the aggregate, which may take as much space
    RecordSpool(const std::filesystem::path& folder, std::int64_t units, std::int64_t most_bytes_held = most_bytes);

    /// Where records are held the block is a view of them, else a copy. Several threads may read.
    void read(std::int64_t first, std::int64_t count, RecordBlock&) const;
    /// Does nothing for a view.
    void write(const RecordBlock&);

private:
    PageBuffer held_;
    std::optional<ScratchFile> file_;
};

}  // namespace specsweep::results
