#include "checkpoint/token_counts.hpp"

#include <algorithm>
#include <span>
#include <string>

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/format.hpp"
#include "base/integer.hpp"
#include "base/json.hpp"
#include "base/text.hpp"

namespace specsweep::checkpoint {

namespace {

constexpr std::int64_t largest_file = std::int64_t{256} << 20;
constexpr std::int64_t most_tokens = 100'000'000;

[[noreturn]] void refuse(const std::filesystem::path& file, const std::string& why)
{
    throw InputError(fmt::format("{} does not hold token counts", file.string()), why,
                     "write a JSON list of counts by token id, or an object {\"id\": count}");
}

std::int64_t count_of(const std::filesystem::path& file, const Json& value, std::int64_t id)
{
    if (!value.is_number_integer() ||
        (value.is_number_unsigned() && !std::in_range<std::int64_t>(value.get<std::uint64_t>())) ||
        value.get<std::int64_t>() < 0)
        refuse(file, fmt::format("the count of token {} is {}", id, value.dump()));
    return value.get<std::int64_t>();
}

std::vector<std::int64_t> counts_of(const std::filesystem::path& file, const Json& document)
{
    std::vector<std::int64_t> counts;
    if (document.is_array()) {
        for (const Json& value : document)
            counts.push_back(count_of(file, value, std::ssize(counts)));
        return counts;
    }
    if (!document.is_object())
        refuse(file, "its top is neither a list nor an object");
    for (const auto& [key, value] : document.items()) {
        const auto id = parse_integer(key);
        if (!id || *id < 0 || *id >= most_tokens)
            refuse(file, fmt::format("'{}' is no token id", key));
        counts.resize(std::max(counts.size(), static_cast<std::size_t>(*id) + 1), 0);
        counts[static_cast<std::size_t>(*id)] = count_of(file, value, *id);
    }
    return counts;
}

}  // namespace

std::vector<double> TokenCounts::probabilities() const
{
    std::vector<double> p(counts.size());
    std::transform(counts.begin(), counts.end(), p.begin(),
                   [this](std::int64_t count) { return static_cast<double>(count) / static_cast<double>(total); });
    return p;
}

Digest128 TokenCounts::digest() const
{
    const auto last = std::find_if(counts.rbegin(), counts.rend(), [](std::int64_t count) { return count != 0; });
    std::string text;
    for (auto count = counts.begin(); count != last.base(); ++count)
        text += std::to_string(*count) + ' ';
    return xxh3_128(std::as_bytes(std::span(text)));
}

TokenCounts read_token_counts(const std::filesystem::path& file)
{
    TokenCounts result;
    result.counts = counts_of(file, parse_json(read_text_file(file, largest_file), file.string()));
    constexpr std::int64_t exact = std::int64_t{1} << 53;  // in binary64
    for (const std::int64_t count : result.counts) {
        const auto sum = add_if_fits(result.total, count);
        if (!sum || *sum > exact)
            refuse(file, "the counts add up to more than 2^53");
        result.total = *sum;
    }
    if (result.total == 0)
        refuse(file, "no token occurs");
    return result;
}

}  // namespace specsweep::checkpoint
