#include "sweep/index_ranges.hpp"

#include "base/integer.hpp"
#include "base/text.hpp"

namespace specsweep::sweep {

std::string print_ranges(const std::vector<std::int32_t>& ascending)
{
    std::string text;
    for (std::size_t begin = 0; begin < ascending.size();) {
        std::size_t end = begin + 1;
        while (end < ascending.size() && ascending[end] == ascending[end - 1] + 1)
            ++end;
        text += (text.empty() ? "" : ",") + std::to_string(ascending[begin]);
        if (end - begin > 1)
            text += "-" + std::to_string(ascending[end - 1]);
        begin = end;
    }
    return text;
}

std::optional<std::vector<std::int32_t>> parse_ranges(std::string_view text, std::int32_t limit)
{
    std::vector<std::int32_t> numbers;
    if (text.empty())
        return numbers;
    for (const std::string& part : split(text, ',')) {
        const std::size_t dash = part.find('-');
        const auto first = parse_integer(std::string_view(part).substr(0, dash));
        const auto last = dash == std::string::npos ? first : parse_integer(std::string_view(part).substr(dash + 1));
        const std::int64_t least = numbers.empty() ? 0 : numbers.back() + std::int64_t{1};
        if (!first || !last || *first < least || *last < *first || *last >= limit)
            return std::nullopt;
        for (std::int64_t number = *first; number <= *last; ++number)
            numbers.push_back(checked_cast<std::int32_t>(number));
    }
    return numbers;
}

}  // namespace specsweep::sweep
