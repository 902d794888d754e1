#include "verdicts/evaluate.hpp"

#include <cmath>
#include <map>
#include <string>

#include "base/format.hpp"
#include "verdicts/claim.hpp"
#include "verdicts/summary.hpp"
#include "verdicts/text_pool.hpp"

namespace specsweep::verdicts {

namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

class Evaluation {
public:
    Evaluation(const results::Contents& contents, const results::UnitColumns& columns,
               const results::DerivedColumns& derived)
    {
        scopes_.row("unit");
        notes_.row("");
        const FactReader reader(contents, columns, derived);
        for (std::size_t row = 0; row < contents.units.size(); ++row)
            if (auto facts = reader.read(static_cast<std::int64_t>(row)))
                facts_.push_back(*facts);
    }

    results::VerdictTable run()
    {
        for (const Claim& claim : claims()) {
            table_.claims.push_back({std::string(claim.name), std::string(claim.statement), std::string(claim.source),
                                     claim.law ? std::int64_t{1} : std::int64_t{0}});
            if (claim.subject == Subject::sweep)
                add("sweep", -1, not_testable(claim.reason));
            else
                judge_units(claim);
        }
        table_.scopes = scopes_.take();
        table_.notes = notes_.take();
        return std::move(table_);
    }

private:
    void judge_units(const Claim& claim)
    {
        std::map<std::string, Summary> summaries;  // by scope: sorted, so that equal data give equal bytes
        for (const UnitFacts& facts : facts_) {
            if (facts.is_reference != (claim.subject == Subject::reference))
                continue;
            const std::optional<Finding> finding = claim.judge(facts);
            if (!finding)
                continue;
            add("unit", facts.row, *finding);
            summaries["all"].add(*finding);
            summaries[fmt::format("role={}", facts.matrix->role)].add(*finding);
            if (facts.is_reference)
                continue;
            summaries[fmt::format("quantizer={}", facts.quantizer)].add(*finding);
            summaries[fmt::format("role={} quantizer={}", facts.matrix->role, facts.quantizer)].add(*finding);
        }
        for (const auto& [scope, summary] : summaries)
            add_summary(scope, summary);
    }

    void add(std::string_view scope, std::int64_t unit, const Finding& finding)
    {
        results::VerdictRow row{};
        row.claim = static_cast<std::int32_t>(table_.claims.size()) - 1;
        row.scope = scopes_.row(scope);
        row.note = notes_.row(finding.note);
        row.unit = unit;
        row.left = finding.left;
        row.right = finding.right;
        row.ratio = finding.left / finding.right;
        if (std::isnan(row.ratio))
            row.ratio = nan;  // 0/0 gives a NaN of another sign on some machines
        row.verdict = static_cast<std::uint8_t>(finding.verdict);
        table_.rows.push_back(row);
    }

    void add_summary(const std::string& scope, const Summary& summary)
    {
        const std::string note = summary.note();
        Finding finding;
        finding.verdict = summary.verdict();
        finding.left = static_cast<double>(summary.satisfied());
        finding.right = static_cast<double>(summary.tested());
        finding.note = note;
        add(scope, -1, finding);
    }

    std::vector<UnitFacts> facts_;
    TextPool scopes_, notes_;
    results::VerdictTable table_;
};

}  // namespace

results::VerdictTable evaluate(const results::Contents& contents, const results::UnitColumns& columns,
                               const results::DerivedColumns& derived)
{
    return Evaluation(contents, columns, derived).run();
}

}  // namespace specsweep::verdicts
