#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "results/derived_store.hpp"
#include "results/provenance_file.hpp"
#include "results/result_file.hpp"
#include "results/spectrum_window.hpp"

namespace specsweep::results {

/// A source file of an aggregate.
struct Source {
    explicit Source(ResultFile&&);

    ResultFile file;
    Provenance origin;
    std::optional<DerivedStore> derived;
    std::vector<std::uint32_t> derived_crcs;  ///< of all rows, where there are derived values
};

/// Neighbouring units of a source with all that was read of them and checked.
struct SourceBlock {
    std::shared_ptr<const Source> source;
    std::int64_t first = 0, count = 0;  ///< rows of the file
    std::vector<UnitResult> units;      ///< without spectra
    std::vector<char> intact;           ///< whether content_crc holds; 0 for pending ones
    std::vector<char> fits;             ///< whether derived values follow from the unit and the reference beside it
    std::int64_t spectra_begin = 0;     ///< what sigma[0] is the value of
    std::span<double> sigma, error, derived;  ///< derived: of all rows, in the order of metrics::columns()
    std::unique_ptr<double[]> values;         ///< what the three are parts of

    std::int64_t row(std::size_t i) const { return first + static_cast<std::int64_t>(i); }
    const UnitRow& place(std::size_t i) const
    {
        return source->file.contents().units[static_cast<std::size_t>(row(i))];
    }
    SpectrumStretch spectrum(std::size_t i) const;     ///< @pre not pending
    std::uint32_t reference_crc(std::size_t i) const;  ///< 0 for a reference
    std::span<const double> derived_of(std::size_t i) const;
};

/// The whole file in blocks of at most some 512 KiB of values and bounds, or one unit. @param put false: no more of
/// them
/// @throws InputError, IoError
void read_blocks(const std::shared_ptr<const Source>&, const std::function<bool(SourceBlock)>& put);

}  // namespace specsweep::results
