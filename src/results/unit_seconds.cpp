#include "results/unit_seconds.hpp"

#include <vector>

#include "hdf5/file.hpp"
#include "hdf5/text_column.hpp"
#include "results/layout.hpp"
#include "results/timing_store.hpp"

namespace specsweep::results {

std::map<std::string, double> unit_seconds(const std::filesystem::path& provenance)
{
    std::map<std::string, double> seconds;
    if (!std::filesystem::exists(provenance))
        return seconds;
    const hdf5::File file = hdf5::File::open(provenance, hdf5::Access::read);
    const std::vector<std::string> ids = hdf5::TextColumn::open(file, layout::timing::unit_id).read_all();
    const TimingStore store = TimingStore::open(file, static_cast<std::int64_t>(ids.size()));
    const std::vector<Timing> timings = store.read_all();
    for (std::size_t row = 0; row < ids.size(); ++row)
        if (timings[row].rank >= 0)
            seconds.emplace(ids[row], timings[row].seconds);
    return seconds;
}

}  // namespace specsweep::results
