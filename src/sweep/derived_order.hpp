#pragma once

#include <vector>

#include "base/yaml.hpp"
#include "sweep/manifest.hpp"

namespace specsweep::sweep {

/// `derive: {NAME: expression, …}`: adds the names to the catalogue and returns the fields in an order in which each
/// uses only earlier ones.
/// @throws UsageError with position: a name that exists or is no word, a value that depends on itself.
std::vector<DerivedField> parse_derived_fields(const YamlNode&, FieldCatalogue&);

}  // namespace specsweep::sweep
