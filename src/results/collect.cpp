#include "results/collect.hpp"

#include "base/error.hpp"
#include "base/format.hpp"
#include "metrics/columns.hpp"
#include "results/content_crc.hpp"
#include "results/derived_store.hpp"
#include "results/layout.hpp"
#include "results/unit_agreement.hpp"

namespace specsweep::results {

namespace {

constexpr std::size_t most_examples = 5;
constexpr std::int64_t most_rows = 256;  // of one block of records: some 400 KiB

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

/// What the plan fixes of a unit; a second file must say the same.
void set_static(UnitRecord& record, const UnitRow& unit)
{
    const bool is_known = !text_of(record.id).empty();
    if (is_known) {
        if (text_of(record.id) != unit.id || text_of(record.solver) != unit.solver ||
            record.bits_per_weight != unit.bits_per_weight)
            throw InputError(fmt::format("two files of the sweep disagree about row {} of /units", unit.plan_row), {},
                             "`verify` each of them");
        return;
    }
    set_text(record.id, unit.id);
    set_text(record.solver, unit.solver);
    record.bits_per_weight = unit.bits_per_weight;
}

/// As stored, or in the newest format: what is written has that.
std::uint32_t crc_of(const ResultFile& file, std::int64_t row, const UnitResult& unit, const SpectrumStretch& spectrum)
{
    const auto i = static_cast<std::size_t>(row);
    if (file.header().format_version == layout::format_version)
        return file.columns().crcs[i];
    return content_crc(file.contents().units[i].id, unit.state, unit.reason, unit.method, unit.moments, unit.rare,
                       spectrum.sigma, spectrum.error);
}

}  // namespace

/// One file while it is read.
struct Collector::Source {
    Source(const ResultFile& file, std::int32_t number)
        : file(file),
          number(number),
          reader(file.spectra()),
          origin(provenance_of(file)),
          derived(DerivedStore::open(file.file(), file.size()))
    {
    }

    std::int64_t plan_row(std::int64_t row) const
    {
        return file.contents().units[static_cast<std::size_t>(row)].plan_row;
    }

    /// The derived values of rows first, first + 1, …
    void read_derived(std::int64_t first, std::int64_t count)
    {
        first_derived = first;
        if (!derived)
            return;
        derived_values.resize(static_cast<std::size_t>(count) * metrics::columns().size());
        derived_crcs.resize(static_cast<std::size_t>(count));
        derived->read(first, derived_values, derived_crcs);
    }

    /// Into the record of a done unit, if they fit. @pre read_derived() of its neighbourhood
    void copy_derived(std::int64_t row, const UnitResult& unit, UnitRecord& record, std::span<double> target) const
    {
        if (!derived)
            return;
        const std::int64_t reference = file.contents().units[static_cast<std::size_t>(row)].reference;
        if (file.state(reference) != UnitState::done)
            return;
        const auto& crcs = file.columns().crcs;
        const std::uint32_t reference_crc = reference == row ? 0 : crcs[static_cast<std::size_t>(reference)];
        const auto at = static_cast<std::size_t>(row - first_derived);
        const auto values = std::span(derived_values).subspan(at * target.size(), target.size());
        if (derived_crcs[at] != derived_crc(crcs[static_cast<std::size_t>(row)], reference_crc, values, unit.reason))
            return;
        record.has_derived = true;
        record.reference_crc = reference_crc;
        set_text(record.reason, unit.reason);
        std::copy(values.begin(), values.end(), target.begin());
    }

    const ResultFile& file;
    std::int32_t number;
    SpectrumReader reader;
    Provenance origin;
    std::int64_t shift = 0;  ///< of its source numbers
    std::optional<DerivedStore> derived;
    std::int64_t first_derived = 0;
    std::vector<double> derived_values;
    std::vector<std::uint32_t> derived_crcs;
};

Collector::Collector(const UnitIndex& index, RecordSpool& spool, SpectrumColumns& spectra, RareColumns& rare,
                     AggregateSummary& summary)
    : index_(index),
      spool_(spool),
      spectra_(spectra),
      rare_(rare),
      writer_(spectra),
      summary_(summary),
      last_seen_(static_cast<std::size_t>(index.size()), -1)
{
}

void Collector::add(const ResultFile& file)
{
    Source source(file, static_cast<std::int32_t>(files_.size()));
    files_.push_back(file.path());
    source.shift = append(provenance_, source.origin);
    RecordBlock block;
    RecordBlock elsewhere;
    for (std::int64_t row = 0; row < file.size();) {
        const std::int64_t first = index_.row_of_plan_row(source.plan_row(row));
        std::int64_t count = 1;  // rows that are neighbours here and there
        while (count < most_rows && row + count < file.size() && first + count < index_.size() &&
               index_[first + count].plan_row == source.plan_row(row + count))
            ++count;
        spool_.read(first, count, block);
        source.read_derived(row, count);
        for (std::int64_t i = 0; i < count; ++i) {
            set_static(block.record(first + i), file.contents().units[static_cast<std::size_t>(row + i)]);
            const std::int64_t canonical = index_[first + i].canonical;
            if (block.holds(canonical)) {
                take_row(source, row + i, block, canonical);
                continue;
            }
            spool_.read(canonical, 1, elsewhere);
            take_row(source, row + i, elsewhere, canonical);
            spool_.write(elsewhere);
        }
        spool_.write(block);
        row += count;
    }
}

void Collector::take_row(Source& source, std::int64_t row, RecordBlock& block, std::int64_t canonical)
{
    const ResultFile& file = source.file;
    std::int32_t& last_seen = last_seen_[static_cast<std::size_t>(canonical)];
    const bool shared_row = last_seen == source.number;
    if (file.state(row) == UnitState::pending || shared_row)
        return;
    UnitResult unit = file.read_without_spectrum(row);
    const UnitRow& place = file.contents().units[static_cast<std::size_t>(row)];
    const SpectrumStretch spectrum = source.reader.read(place.sigma_offset, place.sigma_count);
    if (!file.crc_holds(row, unit, spectrum.sigma, spectrum.error)) {
        summary_.damaged.push_back(place.plan_row);
        return;
    }
    last_seen = source.number;
    const UnitState here = block.record(canonical).state;
    if (here == UnitState::done) {
        if (unit.state == UnitState::done)
            compare(block.record(canonical), canonical, std::move(unit), spectrum, file, row);
        return;
    }
    if (here == UnitState::failed && unit.state == UnitState::failed)
        return;
    take(source, row, unit, spectrum, block, canonical);
}

void Collector::take(Source& source, std::int64_t row, const UnitResult& unit, const SpectrumStretch& spectrum,
                     RecordBlock& block, std::int64_t canonical)
{
    writer_.write(index_[canonical].sigma_offset, spectrum);
    rare_.write(canonical, unit.rare);
    UnitRecord& record = block.record(canonical);
    record.state = unit.state;
    record.has_derived = false;
    record.crc = crc_of(source.file, row, unit, spectrum);
    record.moments = unit.moments;
    record.taken_from = source.number;
    set_text(record.method, unit.method);
    set_text(record.reason, {});
    if (unit.state == UnitState::failed)
        set_text(record.reason, unit.reason.substr(0, record.reason.size()));
    else
        source.copy_derived(row, unit, record, block.derived(canonical));
    const auto at = static_cast<std::size_t>(row);
    record.timing = source.origin.timing[at];
    record.timing_source = source.origin.timing_source[at] < 0 ? -1 : source.origin.timing_source[at] + source.shift;
}

void Collector::compare(const UnitRecord& held, std::int64_t canonical, UnitResult unit,
                        const SpectrumStretch& spectrum, const ResultFile& file, std::int64_t row)
{
    UnitResult first;
    first.state = held.state;
    first.moments = held.moments;
    first.rare = rare_.read(canonical);
    first.sigma.resize(spectrum.sigma.size());
    first.error.resize(spectrum.error.size());
    writer_.flush();
    spectra_.read(index_[canonical].sigma_offset, first.sigma, first.error);
    unit.sigma.assign(spectrum.sigma.begin(), spectrum.sigma.end());
    unit.error.assign(spectrum.error.begin(), spectrum.error.end());
    const UnitAgreement found = agreement(file.contents().matrix_of(row), first, unit);
    if (found.identical) {
        ++summary_.duplicates_identical;
        return;
    }
    const std::string& first_file = files_[static_cast<std::size_t>(held.taken_from)].string();
    const std::string title = file.contents().unit_title(row);
    if (!found.within_bounds()) {
        const Disagreement& worst = found.beyond.front();
        throw InputError(
            fmt::format("{} and {} disagree about {}", first_file, file.path().string(), title),
            fmt::format("{}{} is {} and {}, {:.3g} times further apart than their bounds allow", worst.column,
                        worst.k > 0 ? fmt::format("_{}", worst.k) : "", worst.left, worst.right, worst.beyond),
            "`verify` both; aggregate without the wrong one");
    }
    ++summary_.duplicates_within_bounds;
    if (summary_.duplicate_examples.size() < most_examples)
        summary_.duplicate_examples.push_back(fmt::format("{} in {} and {}", title, first_file, file.path().string()));
}

}  // namespace specsweep::results
