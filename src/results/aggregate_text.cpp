#include "base/format.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "results/aggregate.hpp"

namespace specsweep::results {

namespace {

template <class T>
std::string first_few(const std::vector<T>& values)
{
    constexpr std::size_t most = 12;
    std::string text;
    for (std::size_t i = 0; i < std::min(values.size(), most); ++i)
        text += fmt::format("{}{}", i == 0 ? "" : ", ", values[i]);
    if (values.size() > most)
        text += fmt::format(", … ({} in all)", values.size());
    return text;
}

}  // namespace

Json to_json(const AggregateSummary& summary)
{
    return {{"file", summary.file.string()},
            {"provenance", summary.provenance.string()},
            {"complete", summary.complete()},
            {"files", summary.files},
            {"planned", summary.planned},
            {"units", summary.units},
            {"done", summary.done},
            {"failed", summary.failed},
            {"pending", summary.pending},
            {"missing", summary.missing},
            {"missing_shards", summary.missing_shards},
            {"duplicates",
             {{"identical", summary.duplicates_identical},
              {"within_bounds", summary.duplicates_within_bounds},
              {"examples", summary.duplicate_examples}}},
            {"damaged", summary.damaged},
            {"inconsistent", summary.inconsistent},
            {"broken_laws", summary.broken_laws}};
}

std::string to_text(const AggregateSummary& summary)
{
    std::string text =
        fmt::format("{}: {} of {} from {}: {} done, {} failed, {} pending\n", summary.file.string(),
                    format_count(summary.units), counted(summary.planned, "unit"), counted(summary.files, "file"),
                    format_count(summary.done), format_count(summary.failed), format_count(summary.pending));
    if (summary.missing > 0)
        text += fmt::format("  missing: {} in no file{}\n", counted(summary.missing, "unit"),
                            summary.missing_shards.empty() ? "" : "; shards " + first_few(summary.missing_shards));
    if (!summary.damaged.empty())
        text += fmt::format("  damaged (CRC), now pending: plan rows {}; `run` of their shards computes them again\n",
                            first_few(summary.damaged));
    if (!summary.inconsistent.empty())
        text += fmt::format("  violate Weyl or Mirsky, now failed: plan rows {}\n", first_few(summary.inconsistent));
    if (!summary.broken_laws.empty())
        text += fmt::format(
            "  theorems that do not hold on these numbers (a fault of this program, please report it): {}\n",
            first_few(summary.broken_laws));
    if (summary.duplicates_identical > 0)
        text += fmt::format("  duplicates: {} identical\n", format_count(summary.duplicates_identical));
    if (summary.duplicates_within_bounds > 0)
        text += fmt::format("  duplicates: {} agree within their bounds, the first was kept: {}\n",
                            format_count(summary.duplicates_within_bounds), first_few(summary.duplicate_examples));
    if (!summary.complete())
        text += "  the aggregate is not complete; its attribute `complete` is 0\n";
    return text;
}

}  // namespace specsweep::results
