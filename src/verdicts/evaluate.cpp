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

/// Units of one checkpoint, role and quantizer are in the same scopes: a cell.
class Evaluation : public results::Judgement {
public:
    Evaluation(const results::JudgedUnits& units, results::VerdictSpool& rows)
        : units_(units),
          rows_(rows),
          reader_(units),
          cell_of_unit_(static_cast<std::size_t>(units.size())),
          is_cell_of_claim_(claims().size()),
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
        UnitFacts facts;
        for (std::int64_t row = 0; row < units_.size(); ++row)
            if (reader_.read(row, facts))
                judge_unit(facts);
        judge_groups();
        order_scopes();
        count_summaries();
    }

    std::int64_t summary_rows(std::size_t claim) const override { return summary_rows_[claim]; }

    results::VerdictTable summarize(results::VerdictSpool& summaries) override
    {
        results::VerdictTable texts;
        for (const Claim& claim : claims_)
            texts.claims.push_back({std::string(claim.name), std::string(claim.statement), std::string(claim.source),
                                    claim.law ? std::int64_t{1} : std::int64_t{0}});
        add_all_summaries(summaries);
        texts.scopes = scopes_.take();
        texts.notes = notes_.take();
        texts.broken_laws = std::move(broken_laws_);
        std::stable_sort(texts.broken_laws.begin(), texts.broken_laws.end(),
                         [](const auto& a, const auto& b) { return a.claim < b.claim; });
        return texts;
    }

private:
    void tell_kinds_apart()
    {
        std::map<std::pair<std::int64_t, std::string_view>, std::size_t> kinds;
        for (const results::MatrixRow& matrix : units_.tables().matrices)
            kind_of_matrix_.push_back(
                kinds.try_emplace({matrix.checkpoint, std::string_view(matrix.role)}, kinds.size()).first->second);
        cells_of_kind_.resize(kinds.size());
    }

    void judge_unit(const UnitFacts& facts)
    {
        const std::int32_t cell = cell_of(facts);
        cell_of_unit_[static_cast<std::size_t>(facts.row)] = cell;
        const bool token_weighted = facts.matrix->is_token_weighted();
        for (const std::size_t c : facts.is_reference ? of_references_ : of_quantized_) {
            const Claim& claim = claims_[c];
            if (claim.of_weights && token_weighted)
                continue;
            const std::optional<Finding> finding = claim.judge(facts, reader_);
            if (!finding)
                continue;
            add(rows_, c, 0, facts.row, *finding, note_row(c, finding->note));
            note_cell(c, cell);
            if (claim.law && finding->verdict == Verdict::violated)
                broken_laws_.push_back({static_cast<std::int32_t>(c), facts.row});
        }
        if (!facts.is_reference && !token_weighted)
            collect(facts);
    }

    std::int32_t cell_of(const UnitFacts& facts)
    {
        std::vector<std::int32_t>& known = cells_of_kind_[kind_of_matrix_[static_cast<std::size_t>(facts.matrix_row)]];
        if (known.empty())
            known.assign(units_.tables().quantizers.size(), -1);
        std::int32_t& cell = known[static_cast<std::size_t>(facts.quantizer_row)];
        if (cell < 0) {
            cell = static_cast<std::int32_t>(cells_.size());
            cells_.push_back(make_scopes(facts));
        }
        return cell;
    }

    void note_cell(std::size_t claim, std::int32_t cell)
    {
        std::vector<bool>& seen = is_cell_of_claim_[claim];
        if (seen.size() <= static_cast<std::size_t>(cell))
            seen.resize(static_cast<std::size_t>(cell) + 1, false);
        seen[static_cast<std::size_t>(cell)] = true;
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
                add(rows_, c, scopes_.row("sweep"), -1, not_testable({}), notes_.row(claim.reason));
            if (claim.subject != Subject::quantizer)
                continue;
            for (const auto& [quantizer, group] : groups_) {
                const GroupFinding found = claim.judge_group(group);
                add(rows_, c, scopes_.row(fmt::format("quantizer={}", quantizer)), -1, found.finding,
                    notes_.row(found.note));
            }
        }
    }

    /// @pre there will be no more scopes
    void order_scopes()
    {
        scope_order_.resize(scopes_.size());
        std::iota(scope_order_.begin(), scope_order_.end(), 0);
        std::sort(scope_order_.begin(), scope_order_.end(),
                  [&](std::int32_t a, std::int32_t b) { return scopes_.text(a) < scopes_.text(b); });
        cells_of_scope_.resize(scopes_.size());
        for (std::size_t cell = 0; cell < cells_.size(); ++cell)
            for (const std::int32_t scope : cells_[cell])
                cells_of_scope_[static_cast<std::size_t>(scope)].push_back(cell);
    }

    /// One for each scope that a cell of the claim is in; many claims have the same cells.
    void count_summaries()
    {
        std::map<std::vector<bool>, std::int64_t> known;
        for (const std::vector<bool>& cells : is_cell_of_claim_) {
            const auto [found, is_new] = known.try_emplace(cells);
            if (is_new)
                found->second = count_scopes(cells);
            summary_rows_.push_back(found->second);
        }
    }

    std::int64_t count_scopes(const std::vector<bool>& is_cell) const
    {
        std::vector<char> is_there(scopes_.size(), 0);
        for (std::size_t cell = 0; cell < is_cell.size(); ++cell)
            if (is_cell[cell])
                for (const std::int32_t scope : cells_[cell])
                    is_there[static_cast<std::size_t>(scope)] = 1;
        return std::count(is_there.begin(), is_there.end(), 1);
    }

    /// Summaries of two claims at a time: that many rows of verdicts, and no more, are in memory besides.
    void add_all_summaries(results::VerdictSpool& to)
    {
        for (std::size_t c = 0; c < claims_.size(); c += 2) {
            std::future<std::vector<ScopeSummary>> beside;
            if (c + 1 < claims_.size())
                beside = std::async(std::launch::async, [&, c] { return summarize_claim(c + 1, summaries_[1]); });
            add_summaries(to, c, summarize_claim(c, summaries_[0]));
            if (beside.valid())
                add_summaries(to, c + 1, beside.get());
        }
    }

    struct ScopeSummary {
        std::int32_t scope;
        Finding finding;
        std::string note;
    };

    /// @param of_cells room that is used again
    std::vector<ScopeSummary> summarize_claim(std::size_t c, std::vector<Summary>& of_cells) const
    {
        of_cells.resize(cells_.size());
        for (Summary& summary : of_cells)
            summary.clear();
        rows_.for_each_piece(c, [&](const results::VerdictPiece& piece) {
            for (std::size_t i = 0; i < piece.count; ++i)
                if (piece.unit[i] >= 0)
                    of_cells[static_cast<std::size_t>(cell_of_unit_[static_cast<std::size_t>(piece.unit[i])])].add(
                        static_cast<Verdict>(piece.verdict[i]), piece.ratio[i]);
        });
        std::vector<ScopeSummary> found;
        Summary summary;
        for (const std::int32_t scope : scope_order_) {
            summary.clear();
            for (const std::size_t cell : cells_of_scope_[static_cast<std::size_t>(scope)])
                summary.add(of_cells[cell]);
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

    void add_summaries(results::VerdictSpool& to, std::size_t c, const std::vector<ScopeSummary>& summaries)
    {
        for (const ScopeSummary& summary : summaries)
            add(to, c, summary.scope, -1, summary.finding, notes_.row(summary.note));
    }

    /// Notes of findings are literals: most units have that of the unit before.
    std::int32_t note_row(std::size_t claim, std::string_view note)
    {
        LastNote& last = last_notes_[claim];
        if (last.text.data() != note.data() || last.text.size() != note.size())
            last = {note, notes_.row(note)};
        return last.row;
    }

    static void add(results::VerdictSpool& to, std::size_t claim, std::int32_t scope, std::int64_t unit,
                    const Finding& finding, std::int32_t note)
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
        to.add(row);
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
    std::vector<std::vector<std::int32_t>> cells_of_kind_;  ///< by quantizer: row of cells_, or −1
    std::vector<Scopes> cells_;
    std::vector<std::int32_t> cell_of_unit_;
    std::vector<std::vector<std::size_t>> cells_of_scope_;
    std::vector<std::vector<bool>> is_cell_of_claim_;  ///< whether the claim has a row of a unit there
    std::vector<std::int64_t> summary_rows_;           ///< by claim
    std::vector<LastNote> last_notes_;                 ///< by claim
    std::map<std::string, GroupFacts> groups_;
    std::vector<GroupFacts*> groups_of_quantizer_;
    std::vector<results::BrokenLaw> broken_laws_;
    std::vector<std::int32_t> scope_order_;          ///< by text
    std::array<std::vector<Summary>, 2> summaries_;  ///< by cell
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
                return std::make_unique<Evaluation>(units, rows);
            }};
}

results::VerdictTable evaluate(const results::Contents& contents, const results::UnitColumns& columns,
                               const results::DerivedColumns& derived)
{
    const std::filesystem::path scratch = std::filesystem::temp_directory_path();
    results::VerdictSpool rows(scratch, claims().size()), summaries(scratch, claims().size());
    const HeldUnits units(contents, columns, derived);
    results::VerdictTable table = judge().judge(units, rows)->summarize(summaries);
    for (std::size_t c = 0; c < claims().size(); ++c)
        for (const results::VerdictSpool* const spool : {&rows, &summaries})
            spool->for_each_piece(c, [&](const results::VerdictPiece& piece) {
                for (std::size_t i = 0; i < piece.count; ++i)
                    table.rows.push_back(piece.row(static_cast<std::int32_t>(c), i));
            });
    return table;
}

}  // namespace specsweep::verdicts
