#pragma once

#include <string_view>

namespace specsweep::checkpoint {

/// Order of names in which numbers count by value: h.2 before h.10. Total: equal only for equal texts.
bool natural_less(std::string_view a, std::string_view b);

}  // namespace specsweep::checkpoint
