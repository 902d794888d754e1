#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "base/format.hpp"

namespace specsweep {

enum class LogLevel { debug, info, warning, error, off };

/// What reaches stderr; the default is info.
void set_log_level(LogLevel level);

/// Ranks other than 0 log with their number before the text; warnings and errors only.
void set_log_rank(int rank);

void log_text(LogLevel level, std::string_view text);

template <class... Args>
void log_debug(fmt::format_string<Args...> format, Args&&... args)
{
    log_text(LogLevel::debug, fmt::format(format, std::forward<Args>(args)...));
}
template <class... Args>
void log_info(fmt::format_string<Args...> format, Args&&... args)
{
    log_text(LogLevel::info, fmt::format(format, std::forward<Args>(args)...));
}
template <class... Args>
void log_warning(fmt::format_string<Args...> format, Args&&... args)
{
    log_text(LogLevel::warning, fmt::format(format, std::forward<Args>(args)...));
}
template <class... Args>
void log_error(fmt::format_string<Args...> format, Args&&... args)
{
    log_text(LogLevel::error, fmt::format(format, std::forward<Args>(args)...));
}

}  // namespace specsweep
