#include "sweep/plan_document.hpp"

#include <algorithm>
#include <tuple>

#include "base/error.hpp"
#include "base/format.hpp"
#include "base/integer.hpp"
#include "base/json.hpp"
#include "checkpoint/location_json.hpp"
#include "checkpoint/packing.hpp"
#include "sweep/index_ranges.hpp"
#include "sweep/row_table.hpp"

namespace specsweep::sweep {

namespace {

using FileRow = std::tuple<std::string, std::int64_t, std::int64_t>;
using TensorRow = std::tuple<std::int64_t, std::string, std::int64_t, std::int64_t, std::string,
                             std::vector<std::int64_t>, std::string, std::string>;
using SliceRow = std::tuple<std::string, std::int64_t, std::int64_t, std::int64_t, std::string, std::int64_t,
                            std::int64_t, std::int64_t, std::int64_t, std::int64_t, std::int64_t>;
using CostRow = std::tuple<std::string, std::int64_t, std::vector<double>, std::vector<double>>;

template <class Row, std::size_t Member>
Json column(const std::vector<Row>& rows)
{
    Json values = Json::array();
    for (const Row& row : rows)
        values.push_back(std::get<Member>(row));
    return values;
}

template <class Row, std::size_t... Members>
Json columns(const std::vector<Row>& rows, const char* const* names, std::index_sequence<Members...>)
{
    Json table = Json::object();
    ((table[names[Members]] = column<Row, Members>(rows)), ...);
    return table;
}

/// A table of tuples by column.
template <class Row, std::size_t Width>
Json table(const std::vector<Row>& rows, const char* const (&names)[Width])
{
    static_assert(Width == std::tuple_size_v<Row>);
    return columns(rows, names, std::make_index_sequence<Width>());
}

SliceRow slice_row(const checkpoint::Slice& slice)
{
    return {slice.name,
            slice.first_element,
            slice.stored_rows,
            slice.stored_cols,
            std::string(checkpoint::name(slice.orientation)),
            slice.rows,
            slice.cols,
            slice.first,
            slice.group_rows,
            slice.group_stride,
            slice.step};
}

Json checkpoint_table(const Plan& plan)
{
    Json ids = Json::array(), steps = Json::array(), paths = Json::array(), types = Json::array();
    for (const PlanCheckpoint& checkpoint : plan.checkpoints) {
        ids.push_back(checkpoint.id);
        steps.push_back(checkpoint.step ? Json(*checkpoint.step) : Json(nullptr));
        paths.push_back(checkpoint.path);
        types.push_back(checkpoint.model_type);
    }
    return {{"id", ids}, {"step", steps}, {"path", paths}, {"model_type", types}};
}

Json counterpart_list(const Plan& plan)
{
    Json list = Json::array();
    for (const PlanCounterpart& counterpart : plan.counterparts) {
        Json matrices = Json::object();
        for (const auto& [name, matrix] : counterpart.matrices)
            matrices[name] = {{"tensor", checkpoint::location_json(matrix.location)},
                              {"slice", checkpoint::slice_json(matrix.slice)},
                              {"content_digest", matrix.content_digest.hex()}};
        list.push_back({{"digest", counterpart.digest}, {"path", counterpart.path}, {"matrices", matrices}});
    }
    return list;
}

/// Units of one matrix: which quantizers, and what they cost.
struct MatrixUnits {
    std::vector<std::int32_t> quantizers;
    std::vector<double> seconds, bits;
};

std::vector<MatrixUnits> units_by_matrix(const Plan& plan)
{
    std::vector<MatrixUnits> result(plan.matrices.size());
    for (const PlanUnit& unit : plan.units) {
        MatrixUnits& units = result[checked_cast<std::size_t>(unit.matrix)];
        units.quantizers.push_back(unit.quantizer);
        units.seconds.push_back(unit.predicted_seconds);
        units.bits.push_back(unit.bits_per_weight);
    }
    return result;
}

/// Which counts weight the rows of each matrix: columns of a plan that has any.
void add_weightings(Json& document, Json& matrices, const Plan& plan)
{
    Json paths = Json::array(), digests = Json::array();
    for (const PlanTokenCounts& counts : plan.token_counts) {
        paths.push_back(counts.path);
        digests.push_back(counts.digest.hex());
    }
    document["token_counts"] = {{"path", paths}, {"digest", digests}};
    Json rows = Json::array(), centred = Json::array();
    for (const PlanMatrix& matrix : plan.matrices) {
        rows.push_back(matrix.weighting ? Json(matrix.weighting->counts) : Json(nullptr));
        centred.push_back(matrix.weighting && matrix.weighting->centred);
    }
    matrices["token_counts"] = std::move(rows);
    matrices["centred"] = std::move(centred);
}

void add_matrix_tables(Json& document, const Plan& plan)
{
    RowTable<FileRow> files;
    RowTable<TensorRow> tensors;
    RowTable<SliceRow> slices;
    RowTable<CostRow> costs;
    RowTable<std::string> selections;
    const std::vector<MatrixUnits> units = units_by_matrix(plan);
    Json matrices = Json::object();
    for (const char* key :
         {"checkpoint", "name", "tensor", "slice", "role", "block_index", "expert", "selection", "cost", "shard"})
        matrices[key] = Json::array();
    for (std::size_t row = 0; row < plan.matrices.size(); ++row) {
        const PlanMatrix& matrix = plan.matrices[row];
        const checkpoint::TensorLocation& location = matrix.location;
        const std::int64_t file = files.add({location.file.string(), matrix.file_size, matrix.file_mtime_ns});
        matrices["checkpoint"].push_back(matrix.checkpoint);
        matrices["name"].push_back(matrix.matrix.name);
        matrices["tensor"].push_back(
            tensors.add({file, location.name, location.offset, location.bytes, std::string(name(location.dtype)),
                         location.shape, matrix.content_digest.hex(),
                         location.packing ? checkpoint::packing_text(*location.packing) : std::string()}));
        matrices["slice"].push_back(slices.add(slice_row(matrix.matrix.slice)));
        matrices["role"].push_back(checkpoint::name(matrix.matrix.role));
        matrices["block_index"].push_back(matrix.matrix.block_index);
        matrices["expert"].push_back(matrix.matrix.expert);
        matrices["selection"].push_back(selections.add(print_ranges(units[row].quantizers)));
        matrices["cost"].push_back(
            costs.add({matrix.solver, matrix.predicted_bytes, units[row].seconds, units[row].bits}));
        matrices["shard"].push_back(matrix.shard);
    }
    if (!plan.token_counts.empty())
        add_weightings(document, matrices, plan);
    document["matrices"] = std::move(matrices);
    document["files"] = table(files.rows(), {"path", "size", "mtime_ns"});
    document["tensors"] =
        table(tensors.rows(), {"file", "name", "offset", "bytes", "dtype", "shape", "content_digest", "packing"});
    const auto packed = [](const TensorRow& tensor) { return !std::get<7>(tensor).empty(); };
    if (std::none_of(tensors.rows().begin(), tensors.rows().end(), packed))
        document["tensors"].erase("packing");
    document["slices"] = table(slices.rows(), {"name", "first_element", "stored_rows", "stored_cols", "orientation",
                                               "rows", "cols", "first", "group_rows", "group_stride", "step"});
    document["costs"] = table(costs.rows(), {"solver", "bytes", "seconds", "bits_per_weight"});
    document["selections"] = selections.rows();
}

}  // namespace

Json plan_document(const Plan& plan)
{
    Json document{
        {"format", "specsweep-plan"},
        {"format_version", plan_format_version},
        {"name", plan.name},
        {"tolerance", plan.tolerance},
        {"certificate", plan.certificate},
        {"seed", plan.seed},
        {"metrics", plan.metrics},
        {"numerics_version", plan.numerics_version},
        {"memory_per_rank", plan.memory_per_rank},
        {"cost_machine", plan.cost_machine},
        {"shard_count", plan.shard_count},
        {"unit_count", plan.units.size()},
        {"sweep_sha256", plan.sweep_sha256},
        {"quantizers", plan.quantizers},
        {"checkpoints", checkpoint_table(plan)},
    };
    if (!plan.counterparts.empty())
        document["counterparts"] = counterpart_list(plan);
    add_matrix_tables(document, plan);
    return document;
}

void require_plan_document(const Json& document)
{
    if (!document.is_object() || document.value("format", "") != "specsweep-plan")
        throw UsageError("it is not a plan", "the key format is not 'specsweep-plan'",
                         "write one with `specsweep plan -o`");
    const int version = document.at("format_version").get<int>();
    if (version != plan_format_version)
        throw UsageError(fmt::format("it is a plan of format {}", version),
                         fmt::format("this program reads format {}", plan_format_version), "plan again");
}

std::string cut_sha256(const Json& document)
{
    return sha256_hex(canonical_json(document));
}

}  // namespace specsweep::sweep
