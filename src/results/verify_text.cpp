#include "base/format.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "results/verify.hpp"

namespace specsweep::results {

namespace {

constexpr std::size_t most_lines = 100;

}  // namespace

Json to_json(const Verification& verification)
{
    Json findings = Json::array();
    for (const Finding& finding : verification.findings)
        findings.push_back({{"check", finding.check},
                            {"row", finding.row},
                            {"unit", finding.unit},
                            {"description", finding.description}});
    return {{"file", verification.file.string()}, {"units", verification.units},
            {"done", verification.done},          {"failed", verification.failed},
            {"pending", verification.pending},    {"checks", verification.checks},
            {"complete", verification.complete},  {"findings", findings}};
}

std::string to_text(const Verification& verification)
{
    std::string text;
    for (std::size_t i = 0; i < std::min(verification.findings.size(), most_lines); ++i) {
        const Finding& finding = verification.findings[i];
        if (finding.row < 0)
            text += fmt::format("  {}: {}\n", finding.check, finding.description);
        else
            text +=
                fmt::format("  {}: row {} ({}): {}\n", finding.check, finding.row, finding.unit, finding.description);
    }
    if (verification.findings.size() > most_lines)
        text += fmt::format("  … and {} more\n", verification.findings.size() - most_lines);
    return fmt::format("{}: {} ({} done, {} failed, {} pending), {}, {} off\n", verification.file.string(),
                       counted(verification.units, "unit"), format_count(verification.done),
                       format_count(verification.failed), format_count(verification.pending),
                       counted(verification.checks, "check"), verification.findings.size()) +
           text;
}

}  // namespace specsweep::results
