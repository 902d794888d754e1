#include <cmath>

#include "base/format.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "results/compare.hpp"

namespace specsweep::results {

Json to_json(const Comparison& comparison)
{
    Json differences = Json::array();
    for (const Difference& difference : comparison.differences)
        differences.push_back({{"unit", difference.unit},
                               {"column", difference.column},
                               {"k", difference.k},
                               {"left", difference.left},
                               {"right", difference.right},
                               {"beyond", std::isinf(difference.beyond) ? Json("inf") : Json(difference.beyond)}});
    return {{"left", comparison.left.string()},
            {"right", comparison.right.string()},
            {"same_sweep", comparison.same_sweep},
            {"same", comparison.same()},
            {"units_compared", comparison.units_compared},
            {"identical", comparison.identical},
            {"within_bounds", comparison.within_bounds},
            {"differing", comparison.differing},
            {"only_left", comparison.only_left},
            {"only_right", comparison.only_right},
            {"differences", differences}};
}

std::string to_text(const Comparison& comparison)
{
    std::string text;
    for (const Difference& difference : comparison.differences)
        text += fmt::format("  {}: {}{} {} | {}{}\n", difference.unit, difference.column,
                            difference.k > 0 ? fmt::format("_{}", difference.k) : "", difference.left, difference.right,
                            std::isinf(difference.beyond)
                                ? ""
                                : fmt::format("  ({:.3g} times what the bounds allow)", difference.beyond));
    return text + fmt::format(
                      "{} units compared: {} identical, {} within their bounds, {} differ; {} only in {}, {} only "
                      "in {}\n",
                      format_count(comparison.units_compared), format_count(comparison.identical),
                      format_count(comparison.within_bounds), format_count(comparison.differing),
                      format_count(comparison.only_left), comparison.left.string(), format_count(comparison.only_right),
                      comparison.right.string());
}

}  // namespace specsweep::results
