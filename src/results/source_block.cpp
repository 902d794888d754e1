#include "results/source_block.hpp"

#include <algorithm>
#include <span>

#include "metrics/columns.hpp"

namespace specsweep::results {

namespace {

constexpr std::int64_t most_rows = 256;
constexpr std::int64_t most_values = std::int64_t{1} << 15U;

/// Not filled: all of it is read.
void give_room(SourceBlock& block, std::size_t spectrum_values)
{
    const std::size_t derived =
        block.source->derived ? static_cast<std::size_t>(block.count) * metrics::columns().size() : 0;
    block.values = std::make_unique_for_overwrite<double[]>(2 * spectrum_values + derived);
    const std::span<double> all(block.values.get(), 2 * spectrum_values + derived);
    block.sigma = all.first(spectrum_values);
    block.error = all.subspan(spectrum_values, spectrum_values);
    block.derived = all.last(derived);
}

/// The next rows whose spectra lie in one window; rows that share the spectrum of one far before begin a new one.
SourceBlock next_block(const std::shared_ptr<const Source>& source, std::int64_t first)
{
    SourceBlock block;
    block.source = source;
    block.first = first;
    std::int64_t end = -1;
    for (; first + block.count < source->file.size() && block.count < most_rows; ++block.count) {
        const std::int64_t row = first + block.count;
        if (source->file.state(row) == UnitState::pending)
            continue;
        const UnitRow& place = source->file.contents().units[static_cast<std::size_t>(row)];
        const std::int64_t begin = end < 0 ? place.sigma_offset : std::min(block.spectra_begin, place.sigma_offset);
        const std::int64_t new_end = std::max(end, place.sigma_offset + place.sigma_count);
        if (end >= 0 && new_end - begin > most_values)
            break;
        block.spectra_begin = begin;
        end = new_end;
    }
    give_room(block, static_cast<std::size_t>(std::max(end, block.spectra_begin) - block.spectra_begin));
    return block;
}

void check_units(SourceBlock& block)
{
    const ResultFile& file = block.source->file;
    for (std::size_t i = 0; i < static_cast<std::size_t>(block.count); ++i) {
        UnitResult unit = file.read_without_spectrum(block.row(i));
        bool intact = false;
        if (unit.state != UnitState::pending) {
            const SpectrumStretch spectrum = block.spectrum(i);
            intact = file.crc_holds(block.row(i), unit, spectrum.sigma, spectrum.error);
        }
        block.units.push_back(std::move(unit));
        block.intact.push_back(intact ? 1 : 0);
    }
}

void read_derived(SourceBlock& block)
{
    const Source& source = *block.source;
    const auto count = static_cast<std::size_t>(block.count);
    block.fits.assign(count, 0);
    if (!source.derived)
        return;
    source.derived->read(block.first, block.derived);
    for (std::size_t i = 0; i < count; ++i) {
        const bool may_have =
            block.units[i].state == UnitState::done && source.file.state(block.place(i).reference) == UnitState::done;
        const auto row = static_cast<std::size_t>(block.row(i));
        block.fits[i] =
            may_have && source.derived_crcs[row] == derived_crc(source.file.columns().crcs[row], block.reference_crc(i),
                                                                block.derived_of(i), block.units[i].reason)
                ? 1
                : 0;
    }
}

}  // namespace

Source::Source(ResultFile&& opened)
    : file(std::move(opened)), origin(provenance_of(file)), derived(DerivedStore::open(file.file(), file.size()))
{
    if (derived)
        derived_crcs = derived->read_crcs();
}

SpectrumStretch SourceBlock::spectrum(std::size_t i) const
{
    const auto at = static_cast<std::size_t>(place(i).sigma_offset - spectra_begin);
    const auto length = static_cast<std::size_t>(place(i).sigma_count);
    return {sigma.subspan(at, length), error.subspan(at, length)};
}

std::uint32_t SourceBlock::reference_crc(std::size_t i) const
{
    const std::int64_t reference = place(i).reference;
    return reference == row(i) ? 0 : source->file.columns().crcs[static_cast<std::size_t>(reference)];
}

std::span<const double> SourceBlock::derived_of(std::size_t i) const
{
    return derived.subspan(i * metrics::columns().size(), metrics::columns().size());
}

void read_blocks(const std::shared_ptr<const Source>& source, const std::function<bool(SourceBlock)>& put)
{
    for (std::int64_t row = 0; row < source->file.size();) {
        SourceBlock block = next_block(source, row);
        row += block.count;
        source->file.spectra().read(block.spectra_begin, block.sigma, block.error);
        check_units(block);
        read_derived(block);
        if (!put(std::move(block)))
            return;
    }
}

}  // namespace specsweep::results
