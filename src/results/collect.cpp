#include "results/collect.hpp"

#include <string_view>
#include <unordered_map>

#include "base/error.hpp"
#include "base/format.hpp"
#include "results/content_crc.hpp"
#include "results/layout.hpp"
#include "results/merge.hpp"
#include "results/unit_agreement.hpp"

namespace specsweep::results {

namespace {

constexpr std::size_t most_examples = 5;

/// Appends sources and runs of one file; returns what its source numbers have become.
std::int64_t append(Provenance& all, const Provenance& one)
{
    const auto shift = static_cast<std::int64_t>(all.sources.size());
    all.sources.insert(all.sources.end(), one.sources.begin(), one.sources.end());
    for (RunRow run : one.runs) {
        run.source += shift;
        all.runs.push_back(std::move(run));
    }
    return shift;
}

}  // namespace

Collector::Collector(const Contents& contents, SpectrumColumns& spectra, AggregateSummary& summary)
    : contents_(contents),
      spectra_(spectra),
      summary_(summary),
      columns_(contents.units.size()),
      taken_from_(contents.units.size(), -1),
      last_seen_(contents.units.size(), -1)
{
    std::unordered_map<std::string_view, std::size_t> first;
    for (std::size_t row = 0; row < contents.units.size(); ++row)
        canonical_.push_back(first.emplace(contents.units[row].id, row).first->second);
    for (const UnitRow& unit : contents.units)
        provenance_.unit_ids.push_back(unit.id);
    provenance_.timing.resize(contents.units.size());
    provenance_.timing_source.assign(contents.units.size(), -1);
}

namespace {

/// As stored, or in the newest format: what is written has that.
std::uint32_t crc_of(const ResultFile& file, std::int64_t row, const UnitResult& unit)
{
    const auto i = static_cast<std::size_t>(row);
    if (file.header().format_version == layout::format_version)
        return file.columns().crcs[i];
    return content_crc(file.contents().units[i].id, unit.state, unit.reason, unit.method, unit.moments, unit.sigma,
                       unit.error);
}

}  // namespace

void Collector::add(const ResultFile& file)
{
    const auto index = static_cast<std::int64_t>(files_.size());
    files_.push_back(file.path());
    const Provenance origin = provenance_of(file);
    const std::int64_t shift = append(provenance_, origin);
    for (std::int64_t row = 0; row < file.size(); ++row) {
        const std::int64_t plan_row = file.contents().units[static_cast<std::size_t>(row)].plan_row;
        const std::size_t canonical = canonical_[static_cast<std::size_t>(row_of_plan_row(contents_, plan_row))];
        const bool shared_row = last_seen_[canonical] == index;
        if (file.state(row) == UnitState::pending || shared_row)
            continue;
        const UnitResult unit = file.read(row);
        if (!file.crc_holds(row, unit)) {
            summary_.damaged.push_back(plan_row);
            continue;
        }
        last_seen_[canonical] = index;
        const UnitState here = columns_.state(static_cast<std::int64_t>(canonical));
        if (here == UnitState::done) {
            if (unit.state == UnitState::done)
                compare(canonical, unit, file, row);
            continue;
        }
        if (here == UnitState::failed && unit.state == UnitState::failed)
            continue;
        take(canonical, unit, crc_of(file, row, unit));
        taken_from_[canonical] = index;
        const auto source = static_cast<std::size_t>(row);
        provenance_.timing[canonical] = origin.timing[source];
        if (origin.timing_source[source] >= 0)
            provenance_.timing_source[canonical] = origin.timing_source[source] + shift;
    }
}

void Collector::take(std::size_t canonical, const UnitResult& unit, std::uint32_t crc)
{
    spectra_.write(contents_.units[canonical].sigma_offset, unit.sigma, unit.error);
    columns_.states[canonical] = static_cast<std::uint8_t>(unit.state);
    columns_.crcs[canonical] = crc;
    columns_.methods[canonical] = unit.method;
    columns_.reasons[canonical] = unit.state == UnitState::failed ? unit.reason : std::string();
    columns_.moments[canonical] = unit.moments;
}

UnitResult Collector::held(std::size_t canonical) const
{
    const UnitRow& unit = contents_.units[canonical];
    UnitResult result;
    result.state = columns_.state(static_cast<std::int64_t>(canonical));
    result.method = columns_.methods[canonical];
    result.moments = columns_.moments[canonical];
    result.sigma.resize(static_cast<std::size_t>(unit.sigma_count));
    result.error.resize(static_cast<std::size_t>(unit.sigma_count));
    spectra_.read(unit.sigma_offset, result.sigma, result.error);
    return result;
}

void Collector::compare(std::size_t canonical, const UnitResult& unit, const ResultFile& file, std::int64_t row)
{
    const UnitAgreement found = agreement(file.contents().matrix_of(row), held(canonical), unit);
    if (found.identical) {
        ++summary_.duplicates_identical;
        return;
    }
    const std::string& first = files_[static_cast<std::size_t>(taken_from_[canonical])].string();
    const std::string title = file.contents().unit_title(row);
    if (!found.within_bounds()) {
        const Disagreement& worst = found.beyond.front();
        throw InputError(
            fmt::format("{} and {} disagree about {}", first, file.path().string(), title),
            fmt::format("{}{} is {} and {}, {:.3g} times further apart than their bounds allow", worst.column,
                        worst.k > 0 ? fmt::format("_{}", worst.k) : "", worst.left, worst.right, worst.beyond),
            "`verify` both; aggregate without the wrong one");
    }
    ++summary_.duplicates_within_bounds;
    if (summary_.duplicate_examples.size() < most_examples)
        summary_.duplicate_examples.push_back(fmt::format("{} in {} and {}", title, first, file.path().string()));
}

UnitColumns Collector::finish()
{
    for (std::size_t row = 0; row < canonical_.size(); ++row) {
        const std::size_t first = canonical_[row];
        if (row == first)
            continue;
        columns_.states[row] = columns_.states[first];
        columns_.crcs[row] = columns_.crcs[first];
        columns_.methods[row] = columns_.methods[first];
        columns_.reasons[row] = columns_.reasons[first];
        columns_.moments[row] = columns_.moments[first];
        provenance_.timing[row] = provenance_.timing[first];
        provenance_.timing_source[row] = provenance_.timing_source[first];
    }
    return std::move(columns_);
}

}  // namespace specsweep::results
