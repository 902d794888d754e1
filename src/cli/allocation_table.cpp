#include "cli/allocation_table.hpp"

#include <limits>
#include <sstream>
#include <string_view>

#include "results/csv.hpp"

namespace specsweep::cli {

std::string allocation_table(const std::vector<verdicts::BudgetReport>& curve)
{
    constexpr double nan = std::numeric_limits<double>::quiet_NaN();
    std::ostringstream text;
    results::CsvWriter csv(text);
    for (const char* column :
         {"checkpoint", "step", "budget", "rule", "bits", "error", "error_bound", "times_bound", "correlation", "note"})
        csv.field(std::string_view(column));
    csv.end_row();
    for (const verdicts::BudgetReport& report : curve)
        for (const verdicts::RuleResult& rule : report.rules) {
            csv.field(report.checkpoint).field_if(report.step);
            csv.field(report.budget).field(rule.name).field(rule.feasible ? rule.bits : nan);
            csv.field(rule.feasible ? rule.error : nan).field(rule.feasible ? report.error_bound : nan);
            csv.field(rule.feasible ? rule.error / report.error_bound : nan);
            csv.field(rule.feasible ? rule.correlation : nan).field(rule.note).end_row();
        }
    return text.str();
}

}  // namespace specsweep::cli
