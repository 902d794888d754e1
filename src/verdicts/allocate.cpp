#include "verdicts/allocate.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <map>

#include "base/error.hpp"
#include "base/format.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "metrics/bit_allocation.hpp"
#include "metrics/rank_correlation.hpp"
#include "verdicts/code_bits.hpp"

namespace specsweep::verdicts {

namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

struct Option {
    std::string quantizer;
    double bits_per_weight = 0;
    int code_bits = 0;
    double relative_squared = 0;  ///< ‖E‖²/‖W‖²
};

struct Layer {
    std::string name;
    double elements = 0;
    double log2_condition = nan, alpha = nan, stable_rank = nan;
    std::vector<Option> options;
};

/// The layers of one checkpoint, and what is measured of them.
class Layers {
public:
    Layers(const results::ResultFile& file, std::int64_t checkpoint)
    {
        const auto column = [&](std::string_view name) {
            const auto values = file.derived(name);
            if (!values)
                throw UsageError(fmt::format("{} has no column {}", file.path().string(), name),
                                 "allocate needs an aggregate with its derived columns",
                                 "specsweep aggregate makes one");
            return *values;
        };
        const auto kappa = column("condition_number");
        const auto kappa_lower = column("condition_number_lower");
        const auto alpha = column("powerlaw_alpha");
        const auto stable_rank = column("stable_rank");
        const auto frobenius = column("frobenius_squared");
        const results::Contents& contents = file.contents();
        std::map<std::int64_t, std::size_t> place;
        for (std::int64_t row = 0; row < file.size(); ++row) {
            const results::UnitRow& unit = contents.units[static_cast<std::size_t>(row)];
            const results::MatrixRow& matrix = contents.matrix_of(row);
            if (matrix.checkpoint != checkpoint || matrix.is_token_weighted() ||
                file.state(row) != results::UnitState::done)
                continue;
            const auto i = static_cast<std::size_t>(row);
            if (contents.is_reference(row)) {
                if (!(frobenius[i] > 0))
                    continue;
                place.emplace(unit.matrix, layers.size());
                const double condition = std::isnan(kappa[i]) ? kappa_lower[i] : kappa[i];
                layers.push_back({matrix.name,
                                  static_cast<double>(matrix.rows) * static_cast<double>(matrix.cols),
                                  std::log2(condition),
                                  alpha[i],
                                  stable_rank[i],
                                  {}});
                continue;
            }
            const std::string& text = contents.quantizers[static_cast<std::size_t>(unit.quantizer)];
            const auto bits = code_bits(text);
            const auto layer = place.find(unit.matrix);
            if (!bits || layer == place.end())
                continue;
            const double error =
                file.columns().moments[i].error_frobenius_squared / frobenius[static_cast<std::size_t>(unit.reference)];
            if (std::isfinite(error))
                layers[layer->second].options.push_back({text, unit.bits_per_weight, *bits, error});
        }
        layers.erase(
            std::remove_if(layers.begin(), layers.end(), [](const Layer& layer) { return layer.options.empty(); }),
            layers.end());
    }

    double elements() const
    {
        double sum = 0;
        for (const Layer& layer : layers)
            sum += layer.elements;
        return sum;
    }

    std::vector<Layer> layers;
};

using Choice = std::vector<std::size_t>;  ///< option of each layer

double mean_bits(const Layers& all, const Choice& choice)
{
    double sum = 0;
    for (std::size_t i = 0; i < choice.size(); ++i)
        sum += all.layers[i].elements * all.layers[i].options[choice[i]].bits_per_weight;
    return sum / all.elements();
}

/// The nearest number of code bits not above `wanted`, or the smallest there is; the least error among equals.
std::size_t option_with(const Layer& layer, double wanted)
{
    std::size_t best = 0;
    const auto rank = [&](const Option& option) {
        const double above = option.code_bits - wanted;
        return std::pair(above > 0 ? 1e6 + above : -above, option.relative_squared);
    };
    for (std::size_t j = 1; j < layer.options.size(); ++j)
        if (rank(layer.options[j]) < rank(layer.options[best]))
            best = j;
    return best;
}

std::optional<Choice> by_condition(const Layers& all, double budget, int& base)
{
    for (base = 64; base >= -64; --base) {
        Choice choice;
        for (const Layer& layer : all.layers) {
            const double exponent = std::isnan(layer.log2_condition) ? 0 : std::min(64.0, layer.log2_condition);
            choice.push_back(option_with(layer, std::ceil(exponent) + base));
        }
        if (mean_bits(all, choice) <= budget)
            return choice;
    }
    return std::nullopt;
}

/// @param error of an option of a layer
template <class Error>
std::optional<metrics::Allocation> least(const Layers& all, double budget, Error error)
{
    std::vector<std::vector<metrics::StorageChoice>> layers;
    for (const Layer& layer : all.layers) {
        layers.emplace_back();
        for (const Option& option : layer.options)
            layers.back().push_back({layer.elements * option.bits_per_weight, layer.elements * error(layer, option)});
    }
    return metrics::allocate_bits(layers, budget * all.elements());
}

/// Importance times the error that b bits leave in the mean, 4^(−b); a tiny part of the measured error breaks ties
/// among quantizers of equal bits.
std::optional<Choice> by_importance(const Layers& all, double budget, double Layer::*importance, bool inverted)
{
    const auto found = least(all, budget, [&](const Layer& layer, const Option& option) {
        const double value = layer.*importance;
        const double weight = std::isnan(value) ? 1 : inverted ? 1 / value : value;
        return weight * std::pow(4.0, -option.code_bits) * (1 + 1e-9 * option.relative_squared);
    });
    return found ? std::optional(found->choice) : std::nullopt;
}

/// The error under a quantizer that every layer has, the one with the fewest bits; empty when there is none.
std::vector<double> common_errors(const Layers& all)
{
    std::vector<double> best;
    double fewest = std::numeric_limits<double>::infinity();
    for (const Option& candidate : all.layers.front().options) {
        std::vector<double> errors;
        for (const Layer& layer : all.layers)
            for (const Option& option : layer.options)
                if (option.quantizer == candidate.quantizer)
                    errors.push_back(option.relative_squared);
        if (errors.size() == all.layers.size() && candidate.code_bits < fewest) {
            fewest = candidate.code_bits;
            best = errors;
        }
    }
    return best;
}

RuleResult result_of(const Layers& all, std::string name, const std::optional<Choice>& choice, std::string note)
{
    RuleResult result;
    result.name = std::move(name);
    result.feasible = choice.has_value();
    result.note = choice ? std::move(note) : "even the fewest bits exceed the budget";
    if (!choice)
        return result;
    result.bits = mean_bits(all, *choice);
    std::vector<double> given;
    for (std::size_t i = 0; i < choice->size(); ++i) {
        const Option& option = all.layers[i].options[(*choice)[i]];
        result.choice.push_back(option.quantizer);
        result.error += all.layers[i].elements * option.relative_squared;
        given.push_back(option.bits_per_weight);
    }
    result.error /= all.elements();
    const std::vector<double> common = common_errors(all);
    const bool all_alike = std::adjacent_find(given.begin(), given.end(), std::not_equal_to<>()) == given.end();
    result.correlation = common.empty() || all_alike ? nan : metrics::spearman(given, common);
    return result;
}

std::int64_t checkpoint_row(const results::ResultFile& file, const std::optional<std::string>& wanted)
{
    std::vector<std::string> titles;
    for (const results::CheckpointRow& row : file.contents().checkpoints)
        titles.push_back(row.title());
    if (!wanted && titles.size() != 1)
        throw UsageError(fmt::format("the file has {} checkpoints", titles.size()), "bits are allocated to one",
                         "name it with --checkpoint");
    if (!wanted)
        return 0;
    for (std::size_t row = 0; row < titles.size(); ++row)
        if (titles[row] == *wanted || file.contents().checkpoints[row].id == *wanted)
            return static_cast<std::int64_t>(row);
    throw UsageError("there is no checkpoint '" + *wanted + "'", {}, suggest(*wanted, titles));
}

std::string gap_text(const metrics::Allocation& found)
{
    if (found.error <= found.error_bound)
        return "the optimum (proven)";
    return fmt::format("at most {:.2g} % above the optimum", 100 * (found.error / found.error_bound - 1));
}

BudgetReport report_of(const Layers& all, const results::CheckpointRow& checkpoint, double budget)
{
    BudgetReport report;
    report.checkpoint = checkpoint.id;
    report.step = checkpoint.step;
    report.budget = budget;
    for (const Layer& layer : all.layers)
        report.matrices.push_back(layer.name);
    int base = 0;
    const auto condition = by_condition(all, budget, base);
    report.rules.push_back(result_of(all, "condition", condition, fmt::format("ceil(log2 kappa) {:+d}", base)));
    const auto optimal = least(all, budget, [](const Layer&, const Option& option) { return option.relative_squared; });
    if (optimal)
        report.error_bound = optimal->error_bound / all.elements();
    report.rules.push_back(result_of(all, "error", optimal ? std::optional(optimal->choice) : std::nullopt,
                                     optimal ? gap_text(*optimal) : std::string()));
    if (optimal)  // summed in another order, an optimum must not lie below its bound
        report.error_bound = std::min(report.error_bound, report.rules.back().error);
    report.rules.push_back(
        result_of(all, "alpha", by_importance(all, budget, &Layer::alpha, true), "more bits for heavy tails"));
    report.rules.push_back(result_of(all, "stable-rank", by_importance(all, budget, &Layer::stable_rank, false),
                                     "more bits for dispersed spectra"));
    return report;
}

/// Mean bits where every layer takes what `better` prefers.
template <class Better>
double extreme_bits(const Layers& all, Better better)
{
    Choice choice;
    for (const Layer& layer : all.layers) {
        const auto found = std::min_element(
            layer.options.begin(), layer.options.end(),
            [&](const Option& a, const Option& b) { return better(a.bits_per_weight, b.bits_per_weight); });
        choice.push_back(static_cast<std::size_t>(found - layer.options.begin()));
    }
    return mean_bits(all, choice);
}

}  // namespace

BudgetReport allocate(const results::ResultFile& file, double budget, const std::optional<std::string>& checkpoint)
{
    const std::int64_t row = checkpoint_row(file, checkpoint);
    const Layers all(file, row);
    if (all.layers.empty())
        throw UsageError("there is nothing to allocate", "no matrix of the checkpoint has a done quantized unit");
    return report_of(all, file.contents().checkpoints[static_cast<std::size_t>(row)], budget);
}

std::vector<BudgetReport> allocation_curve(const results::ResultFile& file,
                                           const std::optional<std::string>& checkpoint)
{
    const auto& checkpoints = file.contents().checkpoints;
    const std::int64_t first = checkpoint ? checkpoint_row(file, checkpoint) : 0;
    const std::int64_t end = checkpoint ? first + 1 : std::ssize(checkpoints);
    std::vector<BudgetReport> curve;
    for (std::int64_t row = first; row < end; ++row) {
        const Layers all(file, row);
        if (all.layers.empty())
            continue;
        const double fewest = extreme_bits(all, std::less<>());
        const double most = extreme_bits(all, std::greater<>());
        if (fewest < most)
            for (double budget = std::ceil(4 * fewest) / 4; budget <= std::ceil(4 * most) / 4; budget += 0.25)
                curve.push_back(report_of(all, checkpoints[static_cast<std::size_t>(row)], budget));
    }
    return curve;
}

const RuleResult& find_rule(const BudgetReport& report, std::string_view name)
{
    std::vector<std::string> names;
    for (const RuleResult& rule : report.rules) {
        if (rule.name == name)
            return rule;
        names.push_back(rule.name);
    }
    throw UsageError(fmt::format("there is no rule '{}'", name), {}, suggest(name, names));
}

std::string manifest_of(const BudgetReport& report, const RuleResult& rule, std::string_view checkpoint_path)
{
    // JSON strings are YAML double-quoted scalars; `*` and `?` in a name would be patterns, and match it all the same.
    const auto quoted = [](std::string_view text) { return Json(std::string(text)).dump(); };
    std::map<std::string, std::vector<std::string>> by_quantizer;
    for (std::size_t i = 0; i < rule.choice.size(); ++i)
        by_quantizer[rule.choice[i]].push_back(report.matrices[i]);
    std::string text = fmt::format(
        "# specsweep allocate: rule {}, {} bits per weight asked for, {:.6g} used, mean |E|^2/|W|^2 {:.6g}\n"
        "name: allocation-{}\n"
        "checkpoints:\n  - {{path: {}, id: {}}}\n"
        "matrices:\n  include:\n",
        rule.name, report.budget, rule.bits, rule.error, rule.name, quoted(checkpoint_path), quoted(report.checkpoint));
    for (const std::string& matrix : report.matrices)
        text += fmt::format("    - {}\n", quoted(matrix));
    text += "quantizers:\n";
    for (const auto& [quantizer, matrices] : by_quantizer) {
        text += fmt::format("  - format: {}\n", format_name(quantizer));
        for (const std::string& item : parameters(quantizer)) {
            const std::size_t equals = item.find('=');
            text += fmt::format("    {}: {}\n", item.substr(0, equals), quoted(item.substr(equals + 1)));
        }
        text += "    matrices:\n      include:\n";
        for (const std::string& matrix : matrices)
            text += fmt::format("        - {}\n", quoted(matrix));
    }
    return text;
}

}  // namespace specsweep::verdicts
