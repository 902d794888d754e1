#include "sweep/expand.hpp"

#include <algorithm>
#include <limits>
#include <set>
#include <utility>

#include "base/format.hpp"
#include "base/integer.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "checkpoint/packing.hpp"
#include "cost/cost_model.hpp"
#include "cost/group_solver.hpp"
#include "quantize/registry.hpp"
#include "sweep/candidates.hpp"
#include "sweep/counterparts.hpp"
#include "sweep/exclude_scope.hpp"
#include "sweep/point_fields.hpp"
#include "sweep/quantizer_table.hpp"
#include "sweep/solver.hpp"
#include "sweep/weighted_matrices.hpp"

namespace specsweep::sweep {

namespace {

class Expansion {
public:
    Expansion(Plan& plan, const Manifest& manifest, Counterparts counterparts) : plan_(plan), manifest_(manifest)
    {
        const std::int64_t matrices = std::ssize(plan.matrices);
        candidates_ = make_candidates(manifest, counterparts, matrices, most_points);
        count_product(matrices);
        for (const ExcludeRule& rule : manifest.exclude) {
            if (scope_of(rule, manifest.fields) == ExcludeScope::quantizer)
                drop_candidates(rule);
            if (scope_of(rule, manifest.fields) == ExcludeScope::point)
                point_rules_.push_back(&rule);
        }
        duplicate_reported_.assign(candidates_.size(), false);
        fixed_rows_.assign(candidates_.size(), 0);
    }

    void run()
    {
        for (std::size_t row = 0; row < plan_.matrices.size(); ++row)
            expand_matrix(checked_cast<std::int32_t>(row));
        renumber_quantizers();
        plan_.steps.push_back({"exclude", after_exclude_});
        plan_.steps.push_back({"include", after_exclude_ + included_});
        plan_.steps.push_back({"derive", after_exclude_ + included_ - refused_});
        plan_.steps.push_back({"deduplicate", std::ssize(plan_.units) - std::ssize(plan_.matrices)});
        plan_.steps.push_back({"with references", std::ssize(plan_.units)});
    }

private:
    void count_product(std::int64_t matrices)
    {
        std::int64_t product = 0;
        std::int64_t zipped = 0;
        for (const QuantizerEntry& entry : manifest_.quantizers) {
            if (entry.is_reference)
                continue;
            const auto chosen = std::count_if(plan_.matrices.begin(), plan_.matrices.end(), [&](const PlanMatrix& m) {
                return !entry.matrices || !entry.matrices->refuses(m.matrix);
            });
            const auto most = std::numeric_limits<std::int64_t>::max();
            const auto size = product_size(entry);
            product = add_if_fits(product, size ? multiply_if_fits(*size, chosen).value_or(most) : most).value_or(most);
            zipped += zipped_size(entry).value_or(0) * chosen;
        }
        plan_.steps.push_back({"matrices", matrices});
        plan_.steps.push_back({"product", product});
        plan_.steps.push_back({"zip", zipped});
    }

    void drop_candidates(const ExcludeRule& rule)
    {
        const auto dropped = [&](const Candidate& candidate) {
            if (candidate.included || !rule.condition.holds(candidate.row))
                return false;
            plan_.dropped.push_back({"", "", candidate.point.text(), rule.name});
            return true;
        };
        std::vector<Candidate> kept;
        for (Candidate& candidate : candidates_)
            if (!dropped(candidate))
                kept.push_back(std::move(candidate));
        candidates_ = std::move(kept);
        for (Candidate& candidate : candidates_)
            fill_quantizer_fields(candidate.row, manifest_.fields, candidate.resolved, candidate.canonical);
    }

    void expand_matrix(std::int32_t row)
    {
        const PlanMatrix& matrix = plan_.matrices[static_cast<std::size_t>(row)];
        const PlanCheckpoint& checkpoint = plan_.checkpoints[static_cast<std::size_t>(matrix.checkpoint)];
        matrix_fields_.assign(manifest_.fields.size(), FieldValue());
        fill_matrix_fields(matrix_fields_, checkpoint, matrix.matrix);
        add_unit(row, 0, checkpoint::stored_bits_per_weight(matrix.location));
        for (std::size_t index = 0; index < candidates_.size(); ++index)
            if (applies(candidates_[index], matrix))
                add_point(index, row);
    }

    /// Filter of the entry, and the rules that look at matrix and quantizer together.
    bool applies(const Candidate& candidate, const PlanMatrix& matrix)
    {
        if (candidate.entry->matrices && candidate.entry->matrices->refuses(matrix.matrix))
            return false;
        if (candidate.included) {
            ++included_;
            return true;
        }
        for (const ExcludeRule* rule : point_rules_)
            if (rule->condition.holds(whole_row(candidate))) {
                drop(matrix, candidate.point.text(), rule->name);
                return false;
            }
        ++after_exclude_;
        return true;
    }

    std::span<const FieldValue> whole_row(const Candidate& candidate)
    {
        row_ = candidate.row;
        std::copy_n(matrix_fields_.begin(), manifest_.fields.matrix_fields(), row_.begin());
        return row_;
    }

    void add_point(std::size_t index, std::int32_t row)
    {
        const Candidate& candidate = candidates_[index];
        const PlanMatrix& matrix = plan_.matrices[static_cast<std::size_t>(row)];
        const std::int32_t quantizer = quantizer_of(index);
        const auto& slice = matrix.matrix.slice;
        const auto& verdict = table_.verdict(quantizer, slice.rows, slice.cols);
        const auto refusal =
            verdict.refusal ? verdict.refusal : counterpart_refusal(plan_, table_.text(quantizer), matrix);
        if (refusal) {
            ++refused_;
            drop(matrix, table_.text(quantizer), "refused: " + *refusal);
            return;
        }
        const PlanCounterpart* counterpart = counterpart_of(plan_, table_.text(quantizer));
        const double bits_per_weight =
            counterpart == nullptr
                ? verdict.bits_per_weight
                : checkpoint::stored_bits_per_weight(counterpart->matrices.find(stored_name(matrix))->second.location);
        last_matrix_.resize(static_cast<std::size_t>(table_.size()) + 1, -1);
        auto& last_matrix = last_matrix_[static_cast<std::size_t>(quantizer)];
        if (std::exchange(last_matrix, row) != row)
            add_unit(row, quantizer, bits_per_weight);
        else if (!duplicate_reported_[index]) {
            duplicate_reported_[index] = true;
            plan_.dropped.push_back({"", "", candidate.point.text(), "deduplicate: " + table_.text(quantizer)});
        }
    }

    void add_unit(std::int32_t matrix, std::int32_t quantizer, double bits_per_weight)
    {
        PlanUnit unit;
        unit.matrix = matrix;
        unit.quantizer = quantizer;
        unit.bits_per_weight = bits_per_weight;
        plan_.units.push_back(std::move(unit));
    }

    std::int32_t quantizer_of(std::size_t index)
    {
        const Candidate& candidate = candidates_[index];
        if (candidate.entry->derive.empty()) {
            if (candidate.problem)
                throw *candidate.problem;
            if (fixed_rows_[index] == 0)
                fixed_rows_[index] = remember(table_.row(candidate.canonical), index);
            return fixed_rows_[index];
        }
        AxisPoint point = candidate.point;
        whole_row(candidate);
        for (const DerivedField& field : manifest_.derive)
            row_[field.slot] = field.value.evaluate(row_);
        for (const DerivedParameter& parameter : candidate.entry->derive)
            point.values[parameter.key] = parameter_text(candidate, parameter);
        try {
            return remember(table_.row(quantize::canonical_quantizer(point.text())), index);
        } catch (const UsageError& error) {
            throw candidate.entry->node.error(error.problem(), error.why(), error.suggestion());
        }
    }

    std::string parameter_text(const Candidate& candidate, const DerivedParameter& parameter)
    {
        const FieldValue value = parameter.value.evaluate(row_);
        if (const auto* text = std::get_if<std::string_view>(&value))
            return std::string(*text);
        if (const auto* number = std::get_if<double>(&value))
            return shortest_double(*number);
        throw candidate.entry->node.error(
            fmt::format("'{}' = {} has no value for the matrix {}", parameter.key, parameter.value.text(),
                        *std::get_if<std::string_view>(&row_[*manifest_.fields.find("matrix")])),
            "a field it uses is missing there, or it divides by zero",
            "restrict the quantizer with `matrices: {roles: […]}`");
    }

    /// The table in the order of the manifest: a quantizer belongs where its first candidate stands.
    std::int32_t remember(std::int32_t quantizer, std::size_t index)
    {
        first_candidate_.resize(static_cast<std::size_t>(table_.size()), candidates_.size());
        auto& first = first_candidate_[static_cast<std::size_t>(quantizer) - 1];
        first = std::min(first, index);
        return quantizer;
    }

    void renumber_quantizers()
    {
        std::vector<std::int32_t> order;
        for (std::int32_t row = 1; row <= table_.size(); ++row)
            order.push_back(row);
        std::stable_sort(order.begin(), order.end(), [this](std::int32_t a, std::int32_t b) {
            return first_candidate_[static_cast<std::size_t>(a) - 1] <
                   first_candidate_[static_cast<std::size_t>(b) - 1];
        });
        std::vector<bool> used(order.size() + 1, false);
        for (const PlanUnit& unit : plan_.units)
            used[static_cast<std::size_t>(unit.quantizer)] = true;
        std::vector<std::int32_t> number(order.size() + 1, 0);
        plan_.quantizers.assign(1, "reference");
        for (const std::int32_t row : order)
            if (used[static_cast<std::size_t>(row)]) {
                number[static_cast<std::size_t>(row)] = checked_cast<std::int32_t>(plan_.quantizers.size());
                plan_.quantizers.push_back(table_.text(row));
            }
        for (PlanUnit& unit : plan_.units)
            unit.quantizer = number[static_cast<std::size_t>(unit.quantizer)];
        std::stable_sort(plan_.units.begin(), plan_.units.end(), [](const PlanUnit& a, const PlanUnit& b) {
            return std::pair(a.matrix, a.quantizer) < std::pair(b.matrix, b.quantizer);
        });
    }

    void drop(const PlanMatrix& matrix, std::string quantizer, std::string rule)
    {
        plan_.dropped.push_back({plan_.checkpoints[static_cast<std::size_t>(matrix.checkpoint)].id, matrix.matrix.name,
                                 std::move(quantizer), std::move(rule)});
    }

    Plan& plan_;
    const Manifest& manifest_;
    std::vector<Candidate> candidates_;
    std::vector<const ExcludeRule*> point_rules_;
    std::vector<bool> duplicate_reported_;
    std::vector<std::int32_t> fixed_rows_;  ///< by candidate: row of table_ where nothing is derived; 0 = not yet known
    std::vector<std::int32_t> last_matrix_;  ///< by row of table_: the matrix that took it last
    QuantizerTable table_;
    std::vector<std::size_t> first_candidate_;
    std::vector<FieldValue> matrix_fields_, row_;
    std::int64_t after_exclude_ = 0, included_ = 0, refused_ = 0;
};

/// A rule with a typing error in a free text (`scheme == asymetric`) is no error, but it takes nothing out.
void warn_of_idle_rules(const Plan& plan, const Manifest& manifest)
{
    std::set<std::string_view> used;
    for (const DroppedPoint& point : plan.dropped)
        used.insert(point.rule);
    for (const ExcludeRule& rule : manifest.exclude)
        if (!used.contains(rule.name))
            log_warning("{} takes nothing out", rule.name);
}

bool measures_angles(const Plan& plan, const PlanMatrix& matrix)
{
    return matrix.matrix.role == checkpoint::Role::embedding && !matrix.weighting && plan.metrics != "fast" &&
           cost::ranks_of_solver(matrix.solver) == 1;
}

void price(Plan& plan, const PlanOptions& options)
{
    const cost::MachineConstants& machine = options.machine;
    const SolverNeeds needs{plan.memory_per_rank, plan.metrics, plan.certificate, options.method};
    for (PlanMatrix& matrix : plan.matrices) {
        const auto& slice = matrix.matrix.slice;
        try {
            matrix.solver = choose_solver(slice.rows, slice.cols, needs);
        } catch (const UsageError& error) {
            throw UsageError(fmt::format("{}, {}: {}", plan.checkpoints[static_cast<std::size_t>(matrix.checkpoint)].id,
                                         matrix.matrix.name, error.problem()),
                             error.why(), error.suggestion());
        }
        matrix.predicted_bytes = predicted_rank_bytes(slice.rows, slice.cols, matrix.solver, needs);
    }
    const auto pairs = plan.metrics == "extended" ? cost::AnglePairs::all : cost::AnglePairs::sampled;
    for (PlanUnit& unit : plan.units) {
        const PlanMatrix& matrix = plan.matrices[static_cast<std::size_t>(unit.matrix)];
        const auto& slice = matrix.matrix.slice;
        unit.predicted_seconds = cost::predicted_seconds(slice.rows, slice.cols, matrix.solver, machine);
        if (plan.metrics == "extended")
            unit.predicted_seconds += cost::predicted_extended_seconds(slice.rows, slice.cols, matrix.solver, machine);
        if (plan.certificate == "worst-case")
            unit.predicted_seconds += cost::predicted_residual_seconds(slice.rows, slice.cols, matrix.solver, machine);
        if (unit.quantizer != 0)
            unit.predicted_seconds += cost::predicted_quantize_seconds(slice.rows, slice.cols, machine);
        if (measures_angles(plan, matrix))
            unit.predicted_seconds += cost::predicted_angle_seconds(slice.rows, slice.cols, machine, pairs);
    }
}

}  // namespace

void expand(Plan& plan, const Manifest& manifest, const PlanOptions& options)
{
    checkpoint::ArchitectureRegistry registry = checkpoint::ArchitectureRegistry::builtin();
    for (const auto& file : options.architecture_files)
        registry = registry.extended_by(file);
    Expansion(plan, manifest, Counterparts(plan, manifest.folder, std::move(registry))).run();
    warn_of_idle_rules(plan, manifest);
    price(plan, options);
}

}  // namespace specsweep::sweep
