#pragma once

#include <string_view>

#include "checkpoint/role.hpp"

namespace specsweep::checkpoint {

/// What a tensor's name hints at when no description knows it.
struct Guess {
    Role role = Role::other;
    int block_index = -1;  ///< the first component that is a number
    int expert = -1;       ///< the number after a component "experts"
};

/// Never wrong loudly: what is not clear is `other`. A fused tensor stays whole and is `other`.
Guess guess_from_name(std::string_view name);

}  // namespace specsweep::checkpoint
