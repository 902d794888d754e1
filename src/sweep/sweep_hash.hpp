#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/hash.hpp"

namespace specsweep::sweep {

/// sweep_sha256, which names a sweep: SHA-256 of "specsweep-sweep numerics_version=N\n" and "ID SOLVER\n" of every unit
/// in plan order.
class SweepHash {
public:
    explicit SweepHash(std::int64_t numerics_version);

    void add(std::string_view unit_id, std::string_view solver);
    std::string hex();

private:
    Sha256 hash_;
};

}  // namespace specsweep::sweep
