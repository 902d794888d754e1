#include "slurm/quote.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "base/format.hpp"
#include "base/text.hpp"

namespace specsweep::slurm {

namespace {

constexpr std::string_view name_characters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_";

bool is_plain(char c)
{
    const bool word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    return word || std::string_view("_@%+=:,./-").find(c) != std::string_view::npos;
}

}  // namespace

void refuse_control_characters(std::string_view value, std::string_view what)
{
    const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
    if (std::any_of(value.begin(), value.end(), is_control))
        throw UsageError(fmt::format("{} holds a newline or another control character", what),
                         "it would end or garble a line of the job script", "leave it out");
    if (!is_utf8(value))
        throw UsageError(fmt::format("{} is not UTF-8", what));
}

std::string shell_quote(std::string_view value)
{
    if (!value.empty() && std::all_of(value.begin(), value.end(), is_plain))
        return std::string(value);
    std::string quoted = "'";
    for (const char c : value)
        quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return quoted + "'";
}

std::string pattern_quote(std::string_view path, std::string_view placeholders)
{
    if (path.find('\\') != std::string_view::npos)
        throw UsageError(fmt::format("{} cannot hold logs", path),
                         "Slurm gives a backslash in a file pattern a meaning", "choose another folder with -o");
    std::string doubled;
    for (const char c : path)
        doubled += c == '%' ? std::string("%%") : std::string(1, c);
    return shell_quote(doubled + std::string(placeholders));
}

std::string quote_with_variables(std::string_view value, std::string_view what)
{
    refuse_control_characters(value, what);
    std::string quoted = "\"";
    for (std::size_t i = 0; i < value.size(); ++i) {
        const char c = value[i];
        if (c == '$') {
            const bool braced = i + 1 < value.size() && value[i + 1] == '{';
            const std::size_t begin = i + (braced ? 2 : 1);
            const std::size_t end = std::min(value.find_first_not_of(name_characters, begin), value.size());
            if (end == begin || (braced && (end == value.size() || value[end] != '}')))
                throw UsageError(fmt::format("{} holds a '$' that begins no variable", what), {},
                                 "write $NAME or ${NAME}");
            quoted += value.substr(i, end + (braced ? 1 : 0) - i);
            i = end + (braced ? 1 : 0) - 1;
            continue;
        }
        if (c == '"' || c == '\\' || c == '`')
            quoted += '\\';
        quoted += c;
    }
    return quoted + "\"";
}

}  // namespace specsweep::slurm
