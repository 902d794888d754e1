#include <functional>

#include "base/error.hpp"
#include "base/format.hpp"
#include "base/integer.hpp"
#include "base/json.hpp"
#include "checkpoint/location_json.hpp"
#include "checkpoint/packing.hpp"
#include "sweep/index_ranges.hpp"
#include "sweep/plan.hpp"
#include "sweep/plan_document.hpp"

namespace specsweep::sweep {

namespace {

/// A table of the document: columns of equal length, read by row.
class Table {
public:
    Table(const Json& document, const char* name) : table_(document.at(name)), name_(name)
    {
        for (const auto& [key, values] : table_.items()) {
            if (!values.is_array() || (size_ && *size_ != values.size()))
                throw UsageError(fmt::format("the columns of '{}' differ in length", name_));
            size_ = values.size();
        }
    }

    std::size_t size() const { return size_.value_or(0); }

    template <class T>
    T get(const char* column, std::size_t row) const
    {
        return table_.at(column).at(row).get<T>();
    }

    /// A whole number from 0 to `limit` − 1.
    std::size_t index(const char* column, std::size_t row, std::size_t limit) const
    {
        const auto value = get<std::int64_t>(column, row);
        if (value < 0 || !std::in_range<std::size_t>(value) || static_cast<std::size_t>(value) >= limit)
            throw UsageError(fmt::format("{}.{}[{}] points outside its table", name_, column, row));
        return static_cast<std::size_t>(value);
    }

    bool has(const char* column) const { return table_.contains(column); }
    bool is_null(const char* column, std::size_t row) const { return table_.at(column).at(row).is_null(); }

private:
    const Json& table_;
    std::string name_;
    std::optional<std::size_t> size_;
};

template <class T>
T known(const std::optional<T>& value, const char* what)
{
    if (!value)
        throw UsageError(fmt::format("it names {} that this program does not know", what));
    return *value;
}

void read_settings(Plan& plan, const Json& document)
{
    plan.name = document.at("name").get<std::string>();
    plan.tolerance = document.at("tolerance").get<double>();
    plan.certificate = document.at("certificate").get<std::string>();
    plan.seed = document.at("seed").get<std::int64_t>();
    plan.metrics = document.at("metrics").get<std::string>();
    plan.numerics_version = document.at("numerics_version").get<int>();
    plan.memory_per_rank = document.at("memory_per_rank").get<std::int64_t>();
    plan.cost_machine = document.at("cost_machine").get<std::string>();
    plan.shard_count = document.at("shard_count").get<std::int32_t>();
    plan.quantizers = document.at("quantizers").get<std::vector<std::string>>();
}

void read_checkpoints(Plan& plan, const Json& document)
{
    const Table table(document, "checkpoints");
    for (std::size_t row = 0; row < table.size(); ++row) {
        PlanCheckpoint checkpoint;
        checkpoint.id = table.get<std::string>("id", row);
        if (!table.is_null("step", row))
            checkpoint.step = table.get<std::int64_t>("step", row);
        checkpoint.path = table.get<std::string>("path", row);
        checkpoint.model_type = table.get<std::string>("model_type", row);
        plan.checkpoints.push_back(std::move(checkpoint));
    }
}

checkpoint::Slice read_slice(const Table& slices, std::size_t row)
{
    const auto number = [&](const char* column) { return slices.get<std::int64_t>(column, row); };
    checkpoint::Slice slice;
    slice.name = slices.get<std::string>("name", row);
    slice.first_element = number("first_element");
    slice.stored_rows = number("stored_rows");
    slice.stored_cols = number("stored_cols");
    slice.orientation =
        known(checkpoint::parse_orientation(slices.get<std::string>("orientation", row)), "an orientation");
    slice.rows = number("rows");
    slice.cols = number("cols");
    slice.first = number("first");
    slice.group_rows = number("group_rows");
    slice.group_stride = number("group_stride");
    slice.step = number("step");
    return slice;
}

PlanMatrix read_tensor(const Table& tensors, const Table& files, std::size_t row)
{
    PlanMatrix matrix;
    const std::size_t file = tensors.index("file", row, files.size());
    matrix.location.file = files.get<std::string>("path", file);
    matrix.file_size = files.get<std::int64_t>("size", file);
    matrix.file_mtime_ns = files.get<std::int64_t>("mtime_ns", file);
    matrix.location.name = tensors.get<std::string>("name", row);
    matrix.location.offset = tensors.get<std::int64_t>("offset", row);
    matrix.location.bytes = tensors.get<std::int64_t>("bytes", row);
    matrix.location.dtype = known(parse_dtype(tensors.get<std::string>("dtype", row)), "a dtype");
    matrix.location.shape = tensors.get<std::vector<std::int64_t>>("shape", row);
    if (tensors.has("packing"))
        if (const auto text = tensors.get<std::string>("packing", row); !text.empty())
            matrix.location.packing = checkpoint::packing_from_text(text);
    matrix.content_digest = known(Digest128::from_hex(tensors.get<std::string>("content_digest", row)), "a digest");
    return matrix;
}

void read_counterparts(Plan& plan, const Json& document)
{
    if (!document.contains("counterparts"))
        return;
    for (const Json& entry : document.at("counterparts")) {
        PlanCounterpart counterpart{entry.at("digest").get<std::string>(), entry.at("path").get<std::string>(), {}};
        for (const auto& [name, matrix] : entry.at("matrices").items())
            counterpart.matrices.emplace(
                name, PlanCounterpart::Matrix{
                          checkpoint::location_from_json(matrix.at("tensor")),
                          checkpoint::slice_from_json(matrix.at("slice")),
                          known(Digest128::from_hex(matrix.at("content_digest").get<std::string>()), "a digest")});
        plan.counterparts.push_back(std::move(counterpart));
    }
}

void read_token_counts(Plan& plan, const Json& document)
{
    if (!document.contains("token_counts"))
        return;
    const Table table(document, "token_counts");
    for (std::size_t row = 0; row < table.size(); ++row)
        plan.token_counts.push_back({table.get<std::string>("path", row),
                                     known(Digest128::from_hex(table.get<std::string>("digest", row)), "a digest")});
}

/// The units of one matrix from its selection of quantizers and its row of costs.
void read_units(Plan& plan, const Table& matrices, const Table& costs, const Json& selections, std::size_t row)
{
    PlanMatrix& matrix = plan.matrices[row];
    const std::size_t cost = matrices.index("cost", row, costs.size());
    matrix.solver = costs.get<std::string>("solver", cost);
    matrix.predicted_bytes = costs.get<std::int64_t>("bytes", cost);
    const auto seconds = costs.get<std::vector<double>>("seconds", cost);
    const auto bits = costs.get<std::vector<double>>("bits_per_weight", cost);
    const std::size_t selection = matrices.index("selection", row, selections.size());
    const auto chosen = known(
        parse_ranges(selections.at(selection).get<std::string>(), checked_cast<std::int32_t>(plan.quantizers.size())),
        "a quantizer");
    if (chosen.size() != seconds.size() || chosen.size() != bits.size())
        throw UsageError(fmt::format("the units and costs of matrix {} differ in number", row));
    for (std::size_t i = 0; i < chosen.size(); ++i) {
        PlanUnit unit;
        unit.matrix = checked_cast<std::int32_t>(row);
        unit.quantizer = chosen[i];
        unit.predicted_seconds = seconds[i];
        unit.bits_per_weight = bits[i];
        plan.units.push_back(std::move(unit));
    }
}

void read_matrices(Plan& plan, const Json& document)
{
    const Table matrices(document, "matrices"), tensors(document, "tensors"), files(document, "files");
    const Table slices(document, "slices"), costs(document, "costs");
    for (std::size_t row = 0; row < matrices.size(); ++row) {
        PlanMatrix matrix = read_tensor(tensors, files, matrices.index("tensor", row, tensors.size()));
        matrix.checkpoint = checked_cast<std::int32_t>(matrices.index("checkpoint", row, plan.checkpoints.size()));
        matrix.shard = matrices.get<std::int32_t>("shard", row);
        matrix.matrix.name = matrices.get<std::string>("name", row);
        matrix.matrix.tensor = matrix.location.name;
        matrix.matrix.dtype = matrix.location.dtype;
        matrix.matrix.slice = read_slice(slices, matrices.index("slice", row, slices.size()));
        matrix.matrix.role = known(checkpoint::parse_role(matrices.get<std::string>("role", row)), "a role");
        matrix.matrix.block_index = matrices.get<int>("block_index", row);
        matrix.matrix.expert = matrices.get<int>("expert", row);
        if (matrices.has("token_counts") && !matrices.is_null("token_counts", row))
            matrix.weighting =
                PlanWeighting{checked_cast<std::int32_t>(matrices.index("token_counts", row, plan.token_counts.size())),
                              matrices.get<bool>("centred", row)};
        plan.matrices.push_back(std::move(matrix));
        read_units(plan, matrices, costs, document.at("selections"), row);
    }
}

Plan read_document(Json document)
{
    require_plan_document(document);
    const auto cut = document.at("cut_sha256").get<std::string>();
    const auto sweep = document.at("sweep_sha256").get<std::string>();
    document.erase("cut_sha256");
    if (cut_sha256(document) != cut)
        throw UsageError("it was changed after it was written", "its hash does not fit",
                         "change the manifest and plan again");
    Plan plan = plan_from_document(document);
    if (plan.sweep_sha256 != sweep || plan.cut_sha256 != cut)
        throw UsageError("its units do not follow from its tables", "its hashes do not fit", "plan again");
    return plan;
}

}  // namespace

Plan plan_from_document(const Json& document)
{
    Plan plan;
    read_settings(plan, document);
    read_checkpoints(plan, document);
    read_counterparts(plan, document);
    read_token_counts(plan, document);
    read_matrices(plan, document);
    seal(plan);
    return plan;
}

Plan plan_from_text(std::string_view text, std::string_view source)
{
    try {
        return read_document(parse_json(text, source));
    } catch (const Json::exception& error) {
        throw UsageError(fmt::format("{} cannot be read as a plan", source), error.what(), "plan again");
    } catch (const InputError& error) {
        throw UsageError(fmt::format("{} cannot be read as a plan", source), error.what(), "plan again");
    } catch (const InternalError& error) {
        throw UsageError(fmt::format("{} cannot be read as a plan", source), error.what(), "plan again");
    } catch (const UsageError& error) {
        throw UsageError(fmt::format("{} cannot be used: {}", source, error.problem()), error.why(),
                         error.suggestion());
    }
}

}  // namespace specsweep::sweep
