#include "results/run_text.hpp"

#include "base/json.hpp"

namespace specsweep::results {

std::string run_text(Json run, std::int64_t most)
{
    std::string text = canonical_json(run);
    while (static_cast<std::int64_t>(text.size()) > most) {
        std::string largest;
        std::size_t bytes = 0;
        for (const auto& [key, value] : run.items())
            if (const std::size_t size = value.dump().size(); key != "left_out" && size > bytes) {
                bytes = size;
                largest = key;
            }
        if (largest.empty())
            return "{}";
        run.erase(largest);
        run["left_out"].push_back(largest);
        text = canonical_json(run);
    }
    return text;
}

}  // namespace specsweep::results
