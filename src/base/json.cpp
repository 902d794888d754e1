#include "base/json.hpp"

#include <set>
#include <vector>

#include "base/error.hpp"
#include "base/format.hpp"
#include "base/text.hpp"

namespace specsweep {

Json parse_json(std::string_view text, std::string_view source)
{
    const std::string file(source);
    if (!is_utf8(text))
        throw InputError(file + " is not valid JSON", "it is not UTF-8");
    constexpr int deepest = 64;
    std::vector<std::set<std::string>> keys;
    const Json::parser_callback_t watch = [&](int depth, Json::parse_event_t event, Json& value) {
        if (depth > deepest)
            throw InputError(file + " is not acceptable JSON", fmt::format("nested more than {} levels deep", deepest));
        if (event == Json::parse_event_t::object_start)
            keys.emplace_back();
        else if (event == Json::parse_event_t::object_end)
            keys.pop_back();
        else if (event == Json::parse_event_t::key && !keys.back().insert(value.get<std::string>()).second)
            throw InputError(file + " is not acceptable JSON",
                             fmt::format("the key '{}' stands twice in one object", value.get<std::string>()));
        return true;
    };
    try {
        return Json::parse(text, watch);
    } catch (const Json::exception& error) {
        std::string why = error.what();
        if (const std::size_t end = why.find("] "); end != std::string::npos)
            why = why.substr(end + 2);  // without the library's own number
        throw InputError(file + " is not valid JSON", why);
    }
}

std::string canonical_json(const Json& value)
{
    return value.dump();
}

}  // namespace specsweep
