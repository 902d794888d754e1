#include "verdicts/evaluate.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <tuple>

#include "base/format.hpp"
#include "results/verdict_spool.hpp"
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
    Evaluation(const results::JudgedUnits& units, results::VerdictSpool& rows)
        : units_(units), rows_(rows), reader_(units), scopes_of_unit_(static_cast<std::size_t>(units.size()))
    {
        scopes_.row("unit");
        notes_.row("");
    }

    results::VerdictTable run()
    {
        for (std::int64_t row = 0; row < units_.size(); ++row)
            if (const auto facts = reader_.read(row))
                judge_unit(*facts);
        judge_groups();
        results::VerdictTable texts;
        for (std::size_t c = 0; c < claims().size(); ++c) {
            const Claim& claim = claims()[c];
            texts.claims.push_back({std::string(claim.name), std::string(claim.statement), std::string(claim.source),
                                    claim.law ? std::int64_t{1} : std::int64_t{0}});
            add_summaries(c);
        }
        texts.scopes = scopes_.take();
        texts.notes = notes_.take();
        return texts;
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

    /// Row of known_scopes_: units of one checkpoint, role and quantizer have the same.
    std::int32_t scopes_of(const UnitFacts& facts)
    {
        const std::tuple key(facts.matrix->checkpoint, std::string_view(facts.matrix->role), facts.quantizer);
        const auto [known, is_new] = scopes_by_kind_.try_emplace(key, static_cast<std::int32_t>(known_scopes_.size()));
        if (is_new)
            known_scopes_.push_back(make_scopes(facts));
        return known->second;
    }

    Scopes make_scopes(const UnitFacts& facts)
    {
        const auto& checkpoint = units_.tables().checkpoints[static_cast<std::size_t>(facts.matrix->checkpoint)];
        return {scopes_.row("all"),
                scopes_.row(fmt::format("role={}", facts.matrix->role)),
                scopes_.row(fmt::format("quantizer={}", facts.quantizer)),
                scopes_.row(fmt::format("checkpoint={}", checkpoint.title())),
                scopes_.row(fmt::format("role={} quantizer={}", facts.matrix->role, facts.quantizer)),
                scopes_.row(fmt::format("checkpoint={} quantizer={}", checkpoint.title(), facts.quantizer))};
    }

    const Scopes& scopes_of(std::int64_t unit) const
    {
        return known_scopes_[static_cast<std::size_t>(scopes_of_unit_[static_cast<std::size_t>(unit)])];
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
        std::vector<Summary> summaries(scopes_.size());
        rows_.for_each_piece(c, [&](std::span<const results::VerdictRow> piece) {
            for (const results::VerdictRow& row : piece)
                if (row.unit >= 0)
                    for (const std::int32_t scope : scopes_of(row.unit))
                        summaries[static_cast<std::size_t>(scope)].add(
                            {static_cast<Verdict>(row.verdict), row.left, row.right, {}});
        });
        std::vector<std::int32_t> order;
        for (std::size_t scope = 0; scope < summaries.size(); ++scope)
            if (!summaries[scope].is_empty())
                order.push_back(static_cast<std::int32_t>(scope));
        std::sort(order.begin(), order.end(),
                  [&](std::int32_t a, std::int32_t b) { return scopes_.text(a) < scopes_.text(b); });
        for (const std::int32_t scope : order) {
            const Summary& summary = summaries[static_cast<std::size_t>(scope)];
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
        rows_.add(row);
    }

    const results::JudgedUnits& units_;
    results::VerdictSpool& rows_;
    FactReader reader_;
    std::map<std::tuple<std::int64_t, std::string_view, std::string_view>, std::int32_t> scopes_by_kind_;
    std::vector<Scopes> known_scopes_;
    std::vector<std::int32_t> scopes_of_unit_;  ///< row of known_scopes_
    std::map<std::string, GroupFacts> groups_;  ///< by quantizer
    TextPool scopes_, notes_;
};

/// Columns that are in memory.
class HeldUnits : public results::JudgedUnits {
public:
    HeldUnits(const results::Contents& contents, const results::UnitColumns& columns,
              const results::DerivedColumns& derived)
        : JudgedUnits(contents), contents_(contents), columns_(columns), derived_(derived)
    {
    }

    std::int64_t size() const override { return std::ssize(contents_.units); }

    Place place(std::int64_t row) const override
    {
        const results::UnitRow& unit = contents_.units[static_cast<std::size_t>(row)];
        return {unit.matrix, unit.quantizer, unit.reference};
    }

    Result result(std::int64_t row) const override
    {
        const auto i = static_cast<std::size_t>(row);
        values_.clear();
        for (const std::vector<double>& column : derived_.values)
            values_.push_back(column[i]);
        return {columns_.state(row), columns_.moments[i], values_};
    }

private:
    const results::Contents& contents_;
    const results::UnitColumns& columns_;
    const results::DerivedColumns& derived_;
    mutable std::vector<double> values_;
};

}  // namespace

results::Judge judge()
{
    return {claims().size(), [](const results::JudgedUnits& units, results::VerdictSpool& rows) {
                return Evaluation(units, rows).run();
            }};
}

results::VerdictTable evaluate(const results::Contents& contents, const results::UnitColumns& columns,
                               const results::DerivedColumns& derived)
{
    results::VerdictSpool rows(std::filesystem::temp_directory_path(), claims().size());
    results::VerdictTable table = judge().judge(HeldUnits(contents, columns, derived), rows);
    for (std::size_t c = 0; c < claims().size(); ++c)
        rows.for_each_piece(c, [&](std::span<const results::VerdictRow> piece) {
            table.rows.insert(table.rows.end(), piece.begin(), piece.end());
        });
    return table;
}

}  // namespace specsweep::verdicts
