#include "base/format.hpp"
#include "base/text.hpp"
#include "cli/run.hpp"
#include "cli/terminal.hpp"

namespace specsweep::cli {

std::string closing_lines(const run::SweepOutcome& outcome)
{
    std::string text =
        fmt::format("{} units: {} done, {} failed, {} pending; {} computed now in {}\n", format_count(outcome.units),
                    format_count(outcome.done), format_count(outcome.failed), format_count(outcome.pending),
                    format_count(outcome.computed), format_seconds(outcome.seconds));
    for (const auto& [reason, units] : outcome.reasons)
        text += styled(Style::bad, fmt::format("  failed: {} ({})\n", reason, format_count(units)));
    if (outcome.pending > 0)
        text += "  stopped early: the same command goes on where this one ended\n";
    return text + outcome.file.string() + "\n";
}

}  // namespace specsweep::cli
