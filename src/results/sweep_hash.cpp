#include "results/sweep_hash.hpp"

#include "base/format.hpp"
#include "base/hash.hpp"

namespace specsweep::results {

std::string sweep_hash(const Contents& contents)
{
    Sha256 hash;
    hash.update(fmt::format("specsweep-sweep numerics_version={}\n", contents.header.numerics_version));
    for (const UnitRow& unit : contents.units)
        hash.update(fmt::format("{} {}\n", unit.id, unit.solver));
    return hash.hex();
}

}  // namespace specsweep::results
