#include "results/unit_seconds.hpp"

#include "results/provenance_file.hpp"

namespace specsweep::results {

std::map<std::string, double> unit_seconds(const std::filesystem::path& provenance)
{
    std::map<std::string, double> seconds;
    if (!std::filesystem::exists(provenance))
        return seconds;
    const Provenance found = read_provenance_file(provenance);
    for (std::size_t row = 0; row < found.timing.size(); ++row)
        if (found.timing[row].rank >= 0)
            seconds.emplace(found.unit_ids[row], found.timing[row].seconds);
    return seconds;
}

}  // namespace specsweep::results
