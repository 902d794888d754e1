#include "results/derived_table.hpp"

#include <cmath>
#include <functional>
#include <limits>
#include <map>

#include "base/text.hpp"
#include "metrics/columns.hpp"
#include "results/derive.hpp"
#include "results/layout.hpp"

namespace specsweep::results {

namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr std::string_view pending_reason = "unit:pending";

/// "stable_rank:zero-matrix;…" → the code of each column.
std::map<std::string, std::string, std::less<>> codes_of(const std::string& reason)
{
    std::map<std::string, std::string, std::less<>> codes;
    for (const std::string& item : split(reason, ';'))
        if (const std::size_t colon = item.find(':'); colon != std::string::npos)
            codes.emplace(item.substr(0, colon), item.substr(colon + 1));
    return codes;
}

}  // namespace

DerivedTable::DerivedTable(const ResultFile& file) : file_(file)
{
    if (file.header().kind != FileKind::aggregate)
        return;
    const std::vector<double> none(static_cast<std::size_t>(file.size()), nan);
    for (const metrics::Column& column : metrics::columns())
        stored_.push_back(file.derived(column.name).value_or(none));
}

DerivedTable::Row DerivedTable::row(std::int64_t row)
{
    if (file_.state(row) == UnitState::done)
        return stored_.empty() ? derived(row) : stored(row);
    Row empty;
    empty.values.assign(metrics::columns().size(), nan);
    empty.reason = file_.state(row) == UnitState::pending ? std::string(pending_reason)
                                                          : file_.columns().reasons[static_cast<std::size_t>(row)];
    return empty;
}

DerivedTable::Row DerivedTable::stored(std::int64_t row) const
{
    const auto i = static_cast<std::size_t>(row);
    const auto codes = codes_of(file_.columns().reasons[i]);
    Row result;
    for (std::size_t c = 0; c < stored_.size(); ++c) {
        const metrics::Column& column = metrics::columns()[c];
        result.values.push_back(stored_[c][i]);
        const bool silent = column.is_pair() && file_.contents().is_reference(row);
        if (!std::isnan(stored_[c][i]) || silent)
            continue;
        const auto code = codes.find(column.name);
        const std::ptrdiff_t leader = metrics::leader_of(c);
        if (code == codes.end() && column.only_where_applicable)
            continue;
        if (code == codes.end() && leader >= 0 && std::isnan(stored_[static_cast<std::size_t>(leader)][i]))
            continue;
        if (!result.reason.empty())
            result.reason += ';';
        result.reason.append(column.name).append(":").append(code == codes.end() ? layout::not_computed : code->second);
    }
    return result;
}

DerivedTable::Row DerivedTable::derived(std::int64_t row)
{
    const UnitResult unit = file_.read(row);
    const std::int64_t wanted = file_.contents().units[static_cast<std::size_t>(row)].reference;
    const bool is_reference = file_.contents().is_reference(row);
    if (!is_reference && wanted != reference_row_) {
        reference_ = file_.read(wanted);
        reference_row_ = wanted;
    }
    const std::vector<metrics::Value> values =
        derive(file_.contents().matrix_of(row), file_.header(), unit, is_reference ? nullptr : &reference_);
    Row result;
    for (const metrics::Value& value : values)
        result.values.push_back(value.has_value() ? *value : nan);
    result.reason = derived_reasons(values, NotComputed::named);
    return result;
}

}  // namespace specsweep::results
