#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "hdf5/column.hpp"
#include "hdf5/file.hpp"
#include "hdf5/text_column.hpp"
#include "results/contents.hpp"
#include "results/moment_table.hpp"
#include "results/rare_columns.hpp"
#include "results/spectrum_columns.hpp"
#include "results/unit_result.hpp"

namespace specsweep::results {

/// The part of a shard file that units fill, one at a time: state, CRC, method, reason, moments, spectra. Row numbers
/// are the file's. Writing is independent of other ranks. Declare it after its File.
class UnitStore {
public:
    /// Everything pending; spectra and moments NaN.
    static UnitStore create(hdf5::File&, const Contents&);
    /// @throws InputError: a column is missing or has another type or length than the contents ask for.
    static UnitStore open(const hdf5::File&, const Contents&);

    std::vector<UnitState> read_states() const;  ///< a byte that is no state counts as pending

    /// The result of one unit into all `rows`, which share its id and stretch: spectra, moments, method and reason,
    /// then CRC, then state.
    /// @pre the rows are pending in the file: a reader must never see a finished unit with half of another's bytes.
    /// @throws InternalError when a unit that did not fail comes without its whole spectrum.
    void write(const Contents&, std::span<const std::int64_t> rows, const UnitResult&);
    void write_state(std::int64_t row, UnitState);

    /// Everything but timing. A pending unit: no spectrum.
    UnitResult read(const Contents&, std::int64_t row) const;
    /// Whether the stored CRC is that of what the row holds.
    bool crc_holds(const Contents&, std::int64_t row, const UnitResult& held) const;

private:
    hdf5::Column<std::uint8_t> state_;
    hdf5::Column<std::uint32_t> crc_;
    hdf5::TextColumn method_, reason_;
    MomentTable moments_;
    RareColumns rare_;
    SpectrumColumns spectra_;
};

/// A state byte as read from a file.
UnitState state_from_byte(std::uint8_t);

}  // namespace specsweep::results
