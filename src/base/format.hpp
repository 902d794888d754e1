#pragma once

// The one door to {fmt}: std::format is not in GCC 12.
#include <fmt/format.h>
