#pragma once

namespace specsweep {

/// Rises when a change moves any bit of any spectrum or moment; part of every unit's identity (architecture.md §7).
inline constexpr int numerics_version = 6;

}  // namespace specsweep
