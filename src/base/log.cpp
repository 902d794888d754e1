#include "base/log.hpp"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

namespace specsweep {
namespace {

spdlog::logger& logger()
{
    static const auto instance = [] {
        auto made = std::make_shared<spdlog::logger>("specsweep", std::make_shared<spdlog::sinks::stderr_sink_mt>());
        made->set_pattern("specsweep: %v");
        made->set_level(spdlog::level::info);
        return made;
    }();
    return *instance;
}

spdlog::level::level_enum translate(LogLevel level)
{
    switch (level) {
        case LogLevel::debug:
            return spdlog::level::debug;
        case LogLevel::info:
            return spdlog::level::info;
        case LogLevel::warning:
            return spdlog::level::warn;
        case LogLevel::error:
            return spdlog::level::err;
        default:
            return spdlog::level::off;
    }
}

int log_rank = 0;

}  // namespace

void set_log_level(LogLevel level)
{
    logger().set_level(translate(level));
}

void set_log_rank(int rank)
{
    log_rank = rank;
}

void log_text(LogLevel level, std::string_view text)
{
    if (log_rank != 0 && level < LogLevel::warning)
        return;
    const std::string_view word = level == LogLevel::warning ? "warning: " : level == LogLevel::error ? "error: " : "";
    const std::string rank = log_rank == 0 ? "" : fmt::format("rank {}: ", log_rank);
    logger().log(translate(level), "{}{}{}", rank, word, text);
}

}  // namespace specsweep
