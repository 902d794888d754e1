#pragma once

#include <cstdint>
#include <span>

#include "hdf5/column.hpp"
#include "hdf5/file.hpp"

namespace specsweep::results {

/// /spectra: the singular values of all units one after another, and their bounds. Nothing written yet: NaN.
class SpectrumColumns {
public:
    static SpectrumColumns create(hdf5::File&, std::int64_t total);
    /// The same for what is written whole. @pre every value is written before it is read
    static SpectrumColumns create_unfilled(hdf5::File&, std::int64_t total);
    /// @throws InputError: missing, another type, lengths that differ.
    static SpectrumColumns open(const hdf5::File&);

    std::int64_t total() const { return sigma_.size(); }
    void write(std::int64_t offset, std::span<const double> sigma, std::span<const double> error);
    void read(std::int64_t offset, std::span<double> sigma, std::span<double> error) const;

private:
    template <class Create>
    static SpectrumColumns create_with(hdf5::File&, Create);

    hdf5::Column<double> sigma_, error_;
};

}  // namespace specsweep::results
