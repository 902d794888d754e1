#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "hdf5/column.hpp"
#include "hdf5/file.hpp"
#include "hdf5/text_column.hpp"
#include "results/contents.hpp"
#include "results/unit_result.hpp"

namespace specsweep::results {

/// Columns of /moments, in the order of the file; `zeroed` and `clipped` are counts.
class MomentColumns {
public:
    static MomentColumns create(hdf5::File&, std::int64_t units);
    static MomentColumns open(const hdf5::File&, std::int64_t units);
    void write(std::int64_t row, const Moments&);
    Moments read(std::int64_t row) const;
    std::vector<Moments> read_all() const;

private:
    std::vector<hdf5::Column<double>> real_;
    std::vector<hdf5::Column<std::int64_t>> counts_;
};

/// The part of a result file that units fill: state, CRC, method, reason, moments, spectra. Row numbers are the file's.
/// Writing is independent of other ranks. Declare it after its File.
class UnitStore {
public:
    /// Everything pending; spectra and moments NaN. @param reason_width bytes of each reason
    static UnitStore create(hdf5::File&, const Contents&, std::int64_t reason_width);
    /// @throws InputError: a column is missing or has another type or length than the contents ask for.
    static UnitStore open(const hdf5::File&, const Contents&);

    std::vector<UnitState> read_states() const;  ///< a byte that is no state counts as pending

    /// The result of one unit into all `rows`, which share its id and stretch: spectra, moments, method and reason, then
    /// CRC, then state; a row that was not pending becomes pending first.
    void write(const Contents&, std::span<const std::int64_t> rows, const UnitResult&);
    void write_state(std::int64_t row, UnitState);
    void write_reason(std::int64_t row, const std::string& reason) { reason_.write(row, reason); }

    /// Everything but timing. Spectrum of a pending unit: empty.
    UnitResult read(const Contents&, std::int64_t row) const;
    /// Whether the stored CRC is that of what the row holds now; nothing for a pending row.
    bool crc_holds(const Contents&, std::int64_t row, const UnitResult& held) const;

    std::vector<std::string> read_reasons() const { return reason_.read_all(); }
    std::vector<std::string> read_methods() const { return method_.read_all(); }

private:
    hdf5::Column<std::uint8_t> state_;
    hdf5::Column<std::uint32_t> crc_;
    hdf5::TextColumn method_, reason_;
    MomentColumns moments_;
    hdf5::Column<double> sigma_, error_;
};

/// A state byte as read from a file.
UnitState state_from_byte(std::uint8_t);

}  // namespace specsweep::results
