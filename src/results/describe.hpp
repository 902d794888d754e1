#pragma once

#include <string_view>

#include "hdf5/attribute.hpp"
#include "hdf5/file.hpp"
#include "results/layout.hpp"

namespace specsweep::results {

/// What a dataset holds and in which unit, for people who open the file with h5dump.
inline void describe(hdf5::File& file, std::string_view path, std::string_view unit, std::string_view summary)
{
    hdf5::write_attribute(file, path, layout::unit_attribute, unit);
    hdf5::write_attribute(file, path, layout::summary_attribute, summary);
}

}  // namespace specsweep::results
