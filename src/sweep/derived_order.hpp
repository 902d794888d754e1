#pragma once

#include <vector>

#include "base/yaml.hpp"
#include "sweep/manifest.hpp"

namespace specsweep::sweep {

/// `derive: {NAME: expression, …}`: adds the names to the catalogue and returns the fields in an order in which each
/// uses only earlier ones.
/// @throws UsageError with position: a name that exists or is no word, a value that depends on itself.
std::vector<DerivedField> parse_derived_fields(const YamlNode&, FieldCatalogue&);

/// The same fields, each after those that its value uses.
/// @param node the mapping that they are entries of, in the same order
/// @throws UsageError with position: one that depends on itself, with the circle ("a → b → a")
std::vector<DerivedField> in_order_of_use(const YamlNode& node, std::vector<DerivedField>);

}  // namespace specsweep::sweep
