#pragma once

#include <string>

#include "cost/machine.hpp"

namespace specsweep::bench {

/// The constants of the cost model on this core: each kernel timed at sizes where it dominates, thread seconds, the
/// best of several runs. What is not a rate of a core (scheduling, the disk, groups of ranks) keeps its shipped value.
/// @param name stands in every plan that uses the constants. About half a minute.
cost::MachineConstants calibrate(const std::string& name);

}  // namespace specsweep::bench
