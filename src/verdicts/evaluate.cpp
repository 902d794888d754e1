#include "verdicts/evaluate.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <string>
#include <unordered_map>

#include "base/format.hpp"
#include "verdicts/claim.hpp"
#include "verdicts/summary.hpp"
#include "verdicts/text_pool.hpp"

namespace specsweep::verdicts {

namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

constexpr std::size_t scopes_a_unit = 6;
using Scopes = std::array<std::int32_t, scopes_a_unit>;

class Evaluation {
public:
    Evaluation(const results::Contents& contents, const results::UnitColumns& columns,
               const results::DerivedColumns& derived)
        : contents_(contents),
          reader_(contents, columns, derived),
          rows_(claims().size()),
          scopes_of_unit_(contents.units.size())
    {
        scopes_.row("unit");
        notes_.row("");
    }

    results::VerdictTable run()
    {
        for (std::size_t row = 0; row < contents_.units.size(); ++row)
            if (const auto facts = reader_.read(static_cast<std::int64_t>(row)))
                judge_unit(*facts);
        judge_groups();
        results::VerdictTable table;
        for (const Claim& claim : claims())
            table.claims.push_back({std::string(claim.name), std::string(claim.statement), std::string(claim.source),
                                    claim.law ? std::int64_t{1} : std::int64_t{0}});
        // These rows are most of what an aggregate holds in memory: what is not needed any more goes at once.
        std::size_t count = 0;
        for (std::size_t c = 0; c < rows_.size(); ++c) {
            add_summaries(c);
            count += rows_[c].size();
        }
        table.rows.reserve(count);
        for (std::vector<results::VerdictRow>& rows : rows_) {
            table.rows.insert(table.rows.end(), rows.begin(), rows.end());
            rows = {};
        }
        table.scopes = scopes_.take();
        table.notes = notes_.take();
        return table;
    }

private:
    static bool speaks_of(Subject subject, bool is_reference)
    {
        return subject == Subject::every || subject == (is_reference ? Subject::reference : Subject::quantized);
    }

    void judge_unit(const UnitFacts& facts)
    {
        scopes_of_unit_[static_cast<std::size_t>(facts.row)] = scopes_of(facts);
        for (std::size_t c = 0; c < claims().size(); ++c) {
            if (!speaks_of(claims()[c].subject, facts.is_reference) ||
                (claims()[c].of_weights && facts.matrix->is_token_weighted()))
                continue;
            const std::optional<Finding> finding = claims()[c].judge(facts, reader_);
            if (!finding)
                continue;
            add(c, 0, facts.row, *finding, finding->note);
        }
        if (!facts.is_reference && !facts.matrix->is_token_weighted())
            collect(facts);
    }

    Scopes scopes_of(const UnitFacts& facts)
    {
        const auto& checkpoint = contents_.checkpoints[static_cast<std::size_t>(facts.matrix->checkpoint)];
        return {scopes_.row("all"),
                scopes_.row(fmt::format("role={}", facts.matrix->role)),
                scopes_.row(fmt::format("quantizer={}", facts.quantizer)),
                scopes_.row(fmt::format("checkpoint={}", checkpoint.title())),
                scopes_.row(fmt::format("role={} quantizer={}", facts.matrix->role, facts.quantizer)),
                scopes_.row(fmt::format("checkpoint={} quantizer={}", checkpoint.title(), facts.quantizer))};
    }

    void collect(const UnitFacts& facts)
    {
        GroupFacts& group = groups_[std::string(facts.quantizer)];
        group.relative_error.push_back(facts.relative_error());
        group.log_condition.push_back(std::log(number(facts.before.condition_number)));
        group.alpha.push_back(number(facts.before.powerlaw_alpha));
        group.stable_rank.push_back(number(facts.before.stable_rank));
        group.erank.push_back(number(facts.before.erank_sv));
    }

    void judge_groups()
    {
        for (std::size_t c = 0; c < claims().size(); ++c) {
            const Claim& claim = claims()[c];
            if (claim.subject == Subject::sweep)
                add(c, scopes_.row("sweep"), -1, not_testable({}), claim.reason);
            if (claim.subject != Subject::quantizer)
                continue;
            for (const auto& [quantizer, group] : groups_) {
                const GroupFinding found = claim.judge_group(group);
                add(c, scopes_.row(fmt::format("quantizer={}", quantizer)), -1, found.finding, found.note);
            }
        }
    }

    void add_summaries(std::size_t c)
    {
        std::unordered_map<std::int32_t, Summary> summaries;
        for (const results::VerdictRow& row : rows_[c])
            if (row.unit >= 0)
                for (const std::int32_t scope : scopes_of_unit_[static_cast<std::size_t>(row.unit)])
                    summaries[scope].add({static_cast<Verdict>(row.verdict), row.left, row.right, {}});
        std::vector<std::int32_t> order;
        for (const auto& [scope, summary] : summaries)
            order.push_back(scope);
        std::sort(order.begin(), order.end(),
                  [&](std::int32_t a, std::int32_t b) { return scopes_.text(a) < scopes_.text(b); });
        for (const std::int32_t scope : order) {
            const Summary& summary = summaries.at(scope);
            const Finding finding{
                summary.verdict(), static_cast<double>(summary.satisfied()), static_cast<double>(summary.tested()), {}};
            add(c, scope, -1, finding, summary.note());
        }
    }

    void add(std::size_t claim, std::int32_t scope, std::int64_t unit, const Finding& finding, std::string_view note)
    {
        results::VerdictRow row{};
        row.claim = static_cast<std::int32_t>(claim);
        row.scope = scope;
        row.note = notes_.row(note);
        row.unit = unit;
        row.left = finding.left;
        row.right = finding.right;
        row.ratio = finding.left / finding.right;
        if (std::isnan(row.ratio))
            row.ratio = nan;  // 0/0 has another sign bit on some machines
        row.verdict = static_cast<std::uint8_t>(finding.verdict);
        rows_[claim].push_back(row);
    }

    const results::Contents& contents_;
    FactReader reader_;
    std::vector<std::vector<results::VerdictRow>> rows_;  ///< by claim
    std::vector<Scopes> scopes_of_unit_;
    std::map<std::string, GroupFacts> groups_;  ///< by quantizer
    TextPool scopes_, notes_;
};

}  // namespace

results::VerdictTable evaluate(const results::Contents& contents, const results::UnitColumns& columns,
                               const results::DerivedColumns& derived)
{
    return Evaluation(contents, columns, derived).run();
}

}  // namespace specsweep::verdicts
