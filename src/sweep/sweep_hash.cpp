#include "sweep/sweep_hash.hpp"

#include "base/format.hpp"

namespace specsweep::sweep {

SweepHash::SweepHash(std::int64_t numerics_version)
{
    hash_.update(fmt::format("specsweep-sweep numerics_version={}\n", numerics_version));
}

void SweepHash::add(std::string_view unit_id, std::string_view solver)
{
    hash_.update(unit_id);
    hash_.update(" ");
    hash_.update(solver);
    hash_.update("\n");
}

std::string SweepHash::hex()
{
    return hash_.hex();
}

}  // namespace specsweep::sweep
