#include "verdicts/evaluate.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <future>
#include <map>
#include <numeric>
#include <span>
#include <string>
#include <utility>

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
        : units_(units),
          rows_(rows),
          reader_(units),
          scopes_of_unit_(static_cast<std::size_t>(units.size())),
          last_notes_(claims().size()),
          groups_of_quantizer_(units.tables().quantizers.size())
    {
        scopes_.row("unit");
        notes_.row("");
        for (std::size_t c = 0; c < claims_.size(); ++c) {
            const Subject subject = claims_[c].subject;
            if (subject == Subject::every || subject == Subject::reference)
                of_references_.push_back(c);
            if (subject == Subject::every || subject == Subject::quantized)
                of_quantized_.push_back(c);
        }
        tell_kinds_apart();
    }

    results::VerdictTable run()
    {
        for (std::int64_t row = 0; row < units_.size(); ++row)
            if (const auto facts = reader_.read(row))
                judge_unit(*facts);
        judge_groups();
        order_scopes();
        results::VerdictTable texts;
        for (std::size_t c = 0; c < claims_.size(); ++c) {
            const Claim& claim = claims_[c];
            texts.claims.push_back({std::string(claim.name), std::string(claim.statement), std::string(claim.source),
                                    claim.law ? std::int64_t{1} : std::int64_t{0}});
        }
        add_all_summaries();
        texts.scopes = scopes_.take();
        texts.notes = notes_.take();
        texts.broken_laws = std::move(broken_laws_);
        std::stable_sort(texts.broken_laws.begin(), texts.broken_laws.end(),
                         [](const auto& a, const auto& b) { return a.claim < b.claim; });
        return texts;
    }

private:
    /// Matrices of one checkpoint and role have units in the same scopes.
    void tell_kinds_apart()
    {
        std::map<std::pair<std::int64_t, std::string_view>, std::size_t> kinds;
        for (const results::MatrixRow& matrix : units_.tables().matrices)
            kind_of_matrix_.push_back(
                kinds.try_emplace({matrix.checkpoint, std::string_view(matrix.role)}, kinds.size()).first->second);
        scopes_of_kind_.resize(kinds.size());
    }

    void judge_unit(const UnitFacts& facts)
    {
        scopes_of_unit_[static_cast<std::size_t>(facts.row)] = scopes_of(facts);
        const bool token_weighted = facts.matrix->is_token_weighted();
        for (const std::size_t c : facts.is_reference ? of_references_ : of_quantized_) {
            const Claim& claim = claims_[c];
            if (claim.of_weights && token_weighted)
                continue;
            const std::optional<Finding> finding = claim.judge(facts, reader_);
            if (!finding)
                continue;
            add(c, 0, facts.row, *finding, note_row(c, finding->note));
            if (claim.law && finding->verdict == Verdict::violated)
                broken_laws_.push_back({static_cast<std::int32_t>(c), facts.row});
        }
        if (!facts.is_reference && !token_weighted)
            collect(facts);
    }

    /// Row of known_scopes_: units of one checkpoint, role and quantizer have the same.
    std::int32_t scopes_of(const UnitFacts& facts)
    {
        std::vector<std::int32_t>& known = scopes_of_kind_[kind_of_matrix_[static_cast<std::size_t>(facts.matrix_row)]];
        if (known.empty())
            known.assign(units_.tables().quantizers.size(), -1);
        std::int32_t& scopes = known[static_cast<std::size_t>(facts.quantizer_row)];
        if (scopes < 0) {
            scopes = static_cast<std::int32_t>(known_scopes_.size());
            known_scopes_.push_back(make_scopes(facts));
        }
        return scopes;
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
        GroupFacts*& group = groups_of_quantizer_[static_cast<std::size_t>(facts.quantizer_row)];
        if (group == nullptr)
            group = &groups_[std::string(facts.quantizer)];
        group->relative_error.push_back(facts.relative_error());
        group->log_condition.push_back(std::log(number(facts.before.condition_number)));
        group->alpha.push_back(number(facts.before.powerlaw_alpha));
        group->stable_rank.push_back(number(facts.before.stable_rank));
        group->erank.push_back(number(facts.before.erank_sv));
    }

    void judge_groups()
    {
        for (std::size_t c = 0; c < claims_.size(); ++c) {
            const Claim& claim = claims_[c];
            if (claim.subject == Subject::sweep)
                add(c, scopes_.row("sweep"), -1, not_testable({}), notes_.row(claim.reason));
            if (claim.subject != Subject::quantizer)
                continue;
            for (const auto& [quantizer, group] : groups_) {
                const GroupFinding found = claim.judge_group(group);
                add(c, scopes_.row(fmt::format("quantizer={}", quantizer)), -1, found.finding, notes_.row(found.note));
            }
        }
    }

    /// @pre there will be no more of them
    void order_scopes()
    {
        scope_order_.resize(scopes_.size());
        std::iota(scope_order_.begin(), scope_order_.end(), 0);
        std::sort(scope_order_.begin(), scope_order_.end(),
                  [&](std::int32_t a, std::int32_t b) { return scopes_.text(a) < scopes_.text(b); });
    }

    /// Summaries of two claims at a time: that many rows of verdicts, and no more, are in memory besides.
    void add_all_summaries()
    {
        for (std::size_t c = 0; c < claims_.size(); c += 2) {
            std::future<std::vector<ScopeSummary>> beside;
            if (c + 1 < claims_.size())
                beside = std::async(std::launch::async, [&, c] { return summarize(c + 1, summaries_[1]); });
            add_summaries(c, summarize(c, summaries_[0]));
            if (beside.valid())
                add_summaries(c + 1, beside.get());
        }
    }

    struct ScopeSummary {
        std::int32_t scope;
        Finding finding;
        std::string note;
    };

    /// @param summaries by scope: room that is used again
    std::vector<ScopeSummary> summarize(std::size_t c, std::vector<Summary>& summaries) const
    {
        summaries.resize(scopes_.size());
        for (Summary& summary : summaries)
            summary.clear();
        rows_.for_each_piece(c, [&](const results::VerdictPiece& piece) {
            for (std::size_t i = 0; i < piece.count; ++i)
                if (piece.unit[i] >= 0)
                    for (const std::int32_t scope : scopes_of(piece.unit[i]))
                        summaries[static_cast<std::size_t>(scope)].add(static_cast<Verdict>(piece.verdict[i]),
                                                                       piece.ratio[i]);
        });
        std::vector<ScopeSummary> found;
        for (const std::int32_t scope : scope_order_) {
            const Summary& summary = summaries[static_cast<std::size_t>(scope)];
            if (!summary.is_empty())
                found.push_back({scope,
                                 {summary.verdict(),
                                  static_cast<double>(summary.satisfied()),
                                  static_cast<double>(summary.tested()),
                                  {}},
                                 summary.note()});
        }
        return found;
    }

    void add_summaries(std::size_t c, const std::vector<ScopeSummary>& summaries)
    {
        for (const ScopeSummary& summary : summaries)
            add(c, summary.scope, -1, summary.finding, notes_.row(summary.note));
    }

    /// Notes of findings are literals: most units have that of the unit before.
    std::int32_t note_row(std::size_t claim, std::string_view note)
    {
        LastNote& last = last_notes_[claim];
        if (last.text.data() != note.data() || last.text.size() != note.size())
            last = {note, notes_.row(note)};
        return last.row;
    }

    void add(std::size_t claim, std::int32_t scope, std::int64_t unit, const Finding& finding, std::int32_t note)
    {
        results::VerdictRow row{};
        row.claim = static_cast<std::int32_t>(claim);
        row.scope = scope;
        row.note = note;
        row.unit = unit;
        row.left = finding.left;
        row.right = finding.right;
        row.ratio = finding.left / finding.right;
        if (std::isnan(row.ratio))
            row.ratio = nan;  // 0/0 has another sign bit on some machines
        row.verdict = static_cast<std::uint8_t>(finding.verdict);
        rows_.add(row);
    }

    struct LastNote {
        std::string_view text;
        std::int32_t row = 0;  ///< of the empty one
    };

    const results::JudgedUnits& units_;
    results::VerdictSpool& rows_;
    FactReader reader_;
    const std::span<const Claim> claims_ = claims();
    std::vector<std::size_t> of_references_, of_quantized_;  ///< rows of claims_
    std::vector<std::size_t> kind_of_matrix_;
    std::vector<std::vector<std::int32_t>> scopes_of_kind_;  ///< by quantizer: row of known_scopes_, or −1
    std::vector<Scopes> known_scopes_;
    std::vector<std::int32_t> scopes_of_unit_;  ///< row of known_scopes_
    std::vector<LastNote> last_notes_;          ///< by claim
    std::map<std::string, GroupFacts> groups_;
    std::vector<GroupFacts*> groups_of_quantizer_;
    std::vector<results::BrokenLaw> broken_laws_;
    std::vector<std::int32_t> scope_order_;  ///< by text
    std::array<std::vector<Summary>, 2> summaries_;
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
        rows.for_each_piece(c, [&](const results::VerdictPiece& piece) {
            for (std::size_t i = 0; i < piece.count; ++i)
                table.rows.push_back(piece.row(static_cast<std::int32_t>(c), i));
        });
    return table;
}

}  // namespace specsweep::verdicts
