#include "cli/terminal.hpp"

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "base/error.hpp"
#include "base/format.hpp"

namespace specsweep::cli {
namespace {

bool color = false;

/// Launchers give ranks a terminal of their own, whatever stands behind it: a file would be full of escape sequences.
bool has_launcher()
{
    return std::getenv("PMIX_RANK") != nullptr || std::getenv("PMI_RANK") != nullptr;
}

std::size_t width(std::string_view text)
{
    return static_cast<std::size_t>(std::count_if(
        text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

}  // namespace

void set_color(std::string_view when)
{
    if (when == "always")
        color = true;
    else if (when == "never")
        color = false;
    else if (when == "auto")
        color = ::isatty(STDOUT_FILENO) == 1 && std::getenv("NO_COLOR") == nullptr && !has_launcher();
    else
        throw UsageError(fmt::format("--color {} is unknown", when), {}, "accepted: auto, always, never");
}

std::string styled(Style style, std::string_view text)
{
    constexpr const char* codes[] = {"", "\033[1m", "\033[2m", "\033[32m", "\033[31m"};
    const char* code = codes[static_cast<int>(style)];
    if (!color || style == Style::plain)
        return std::string(text);
    return fmt::format("{}{}\033[0m", code, text);
}

std::string Table::text() const
{
    std::vector<std::size_t> widths;
    for (std::size_t c = 0; c < columns_.size(); ++c) {
        std::size_t most = width(columns_[c].title);
        for (const auto& row : rows_)
            most = std::max(most, width(row[c]));
        widths.push_back(most);
    }
    const auto line = [&](auto cell) {
        std::string text;
        for (std::size_t c = 0; c < columns_.size(); ++c) {
            const std::string& value = cell(c);
            const std::string blanks(widths[c] - width(value), ' ');
            text += c == 0 ? "" : "  ";
            text += columns_[c].align == Align::right ? blanks + value : value + blanks;
        }
        return text.substr(0, text.find_last_not_of(' ') + 1);
    };
    std::string all = styled(Style::bold, line([&](std::size_t c) -> const std::string& { return columns_[c].title; }));
    for (const auto& row : rows_)
        all += "\n" + line([&](std::size_t c) -> const std::string& { return row[c]; });
    return all + "\n";
}

std::string significant(double value, int digits)
{
    if (std::isnan(value))
        return "-";
    if (value == 0 || std::isinf(value))
        return fmt::format("{}", value);
    const int exponent = static_cast<int>(std::floor(std::log10(std::abs(value))));
    if (exponent < -4 || exponent >= 7)
        return fmt::format("{:.{}e}", value, std::max(digits - 1, 0));
    return fmt::format("{:.{}f}", value, std::max(digits - 1 - exponent, 0));
}

}  // namespace specsweep::cli
