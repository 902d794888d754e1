#include "sweep/shard_plan.hpp"

#include "base/error.hpp"
#include "base/format.hpp"
#include "base/integer.hpp"
#include "base/json.hpp"
#include "sweep/index_ranges.hpp"
#include "sweep/plan_document.hpp"

namespace specsweep::sweep {

namespace {

/// Units of each row of `selections`.
std::vector<std::int64_t> selection_sizes(const Json& document)
{
    const auto quantizers = checked_cast<std::int32_t>(document.at("quantizers").size());
    std::vector<std::int64_t> sizes;
    for (const Json& selection : document.at("selections")) {
        const auto chosen = parse_ranges(selection.get<std::string>(), quantizers);
        if (!chosen)
            throw UsageError("a selection of quantizers is none");
        sizes.push_back(std::ssize(*chosen));
    }
    return sizes;
}

std::string cut_out(Json document, std::int32_t shard)
{
    require_plan_document(document);
    const auto cut = document.at("cut_sha256").get<std::string>();
    document.erase("cut_sha256");
    if (cut_sha256(document) != cut)
        throw UsageError("it was changed after it was written", "its hash does not fit",
                         "change the manifest and plan again");
    const auto shards = document.at("shard_count").get<std::int32_t>();
    if (shard < 0 || shard >= shards)
        throw UsageError(fmt::format("there is no shard {}", shard),
                         fmt::format("the plan has shards 0 to {}", shards - 1));
    const std::vector<std::int64_t> sizes = selection_sizes(document);
    const Json& matrices = document.at("matrices");
    Json kept = Json::object();
    for (const auto& [column, values] : matrices.items())
        kept[column] = Json::array();
    Json matrix_rows = Json::array();
    Json first_units = Json::array();
    std::int64_t units = 0;
    for (std::size_t row = 0; row < matrices.at("shard").size(); ++row) {
        if (matrices.at("shard").at(row).get<std::int32_t>() == shard) {
            for (const auto& [column, values] : matrices.items())
                kept[column].push_back(values.at(row));
            matrix_rows.push_back(row);
            first_units.push_back(units);
        }
        units += sizes.at(matrices.at("selection").at(row).get<std::size_t>());
    }
    document["matrices"] = std::move(kept);
    document["whole"] = {
        {"cut_sha256", cut}, {"units", units}, {"matrix_rows", matrix_rows}, {"first_units", first_units}};
    return document.dump();
}

}  // namespace

std::string shard_plan_text(std::string_view plan_text, std::string_view source, std::int32_t shard)
{
    try {
        return cut_out(parse_json(plan_text, source), shard);
    } catch (const UsageError& error) {
        throw UsageError(fmt::format("{} cannot be used: {}", source, error.problem()), error.why(),
                         error.suggestion());
    } catch (const std::exception& error) {
        throw UsageError(fmt::format("{} cannot be read as a plan", source), error.what(), "plan again");
    }
}

Plan plan_from_shard_text(std::string_view text)
{
    const Json document = parse_json(text, "the plan of a shard");
    Plan plan = plan_from_document(document);
    const Json& whole = document.at("whole");
    plan.sweep_sha256 = document.at("sweep_sha256").get<std::string>();
    plan.cut_sha256 = whole.at("cut_sha256").get<std::string>();
    plan.whole.units = whole.at("units").get<std::int64_t>();
    plan.whole.matrix_rows = whole.at("matrix_rows").get<std::vector<std::int64_t>>();
    const auto first = whole.at("first_units").get<std::vector<std::int64_t>>();
    std::int64_t begin = 0;
    for (std::int64_t row = 0; row < std::ssize(plan.units); ++row) {
        const PlanUnit& unit = plan.units[checked_cast<std::size_t>(row)];
        if (unit.quantizer == 0)
            begin = row;
        plan.whole.unit_rows.push_back(first.at(checked_cast<std::size_t>(unit.matrix)) + row - begin);
    }
    return plan;
}

}  // namespace specsweep::sweep
