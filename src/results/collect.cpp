#include "results/collect.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "base/format.hpp"
#include "results/content_crc.hpp"
#include "results/layout.hpp"
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
std::uint32_t crc_of(const SourceBlock& block, std::size_t i)
{
    const ResultFile& file = block.source->file;
    if (file.header().format_version == layout::format_version)
        return file.columns().crcs[static_cast<std::size_t>(block.row(i))];
    const UnitResult& unit = block.units[i];
    const SpectrumStretch spectrum = block.spectrum(i);
    return content_crc(block.place(i).id, unit.state, unit.reason, unit.method, unit.moments, unit.rare, spectrum.sigma,
                       spectrum.error);
}

}  // namespace

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

void Collector::begin(const Source& source)
{
    files_.push_back(source.file.path());
    shift_ = append(provenance_, source.origin);
}

void Collector::add(const SourceBlock& source)
{
    RecordBlock block;
    RecordBlock elsewhere;
    for (std::int64_t begin = 0; begin < source.count;) {
        const auto at = static_cast<std::size_t>(begin);
        const std::int64_t first = index_.row_of_plan_row(source.place(at).plan_row);
        std::int64_t count = 1;  // rows that are neighbours here and there
        while (begin + count < source.count && first + count < index_.size() &&
               index_[first + count].plan_row == source.place(at + static_cast<std::size_t>(count)).plan_row)
            ++count;
        spool_.read(first, count, block);
        for (std::int64_t row = first; row < first + count; ++row) {
            const auto i = static_cast<std::size_t>(begin + row - first);
            set_static(block.record(row), source.place(i));
            const std::int64_t canonical = index_[row].canonical;
            if (block.holds(canonical)) {
                take_row(source, i, block, canonical);
                continue;
            }
            spool_.read(canonical, 1, elsewhere);
            take_row(source, i, elsewhere, canonical);
            spool_.write(elsewhere);
        }
        spool_.write(block);
        begin += count;
    }
    writer_.flush();
}

void Collector::take_row(const SourceBlock& source, std::size_t i, RecordBlock& block, std::int64_t canonical)
{
    const UnitState state = source.units[i].state;
    std::int32_t& last_seen = last_seen_[static_cast<std::size_t>(canonical)];
    const auto number = static_cast<std::int32_t>(files_.size()) - 1;
    const bool shared_row = last_seen == number;
    if (state == UnitState::pending || shared_row)
        return;
    if (source.intact[i] == 0) {
        summary_.damaged.push_back(source.place(i).plan_row);
        return;
    }
    last_seen = number;
    const UnitState here = block.record(canonical).state;
    if (here == UnitState::done) {
        if (state == UnitState::done)
            compare(block.record(canonical), canonical, source, i);
        return;
    }
    if (here == UnitState::failed && state == UnitState::failed)
        return;
    take(source, i, block, canonical);
}

void Collector::take(const SourceBlock& source, std::size_t i, RecordBlock& block, std::int64_t canonical)
{
    const UnitResult& unit = source.units[i];
    writer_.write(index_[canonical].sigma_offset, source.spectrum(i));
    rare_.write(canonical, unit.rare);
    UnitRecord& record = block.record(canonical);
    record.state = unit.state;
    record.has_derived = false;
    record.crc = crc_of(source, i);
    record.moments = unit.moments;
    record.taken_from = std::ssize(files_) - 1;
    set_text(record.method, unit.method);
    set_text(record.reason, {});
    if (unit.state == UnitState::failed) {
        set_text(record.reason, std::string_view(unit.reason).substr(0, record.reason.size()));
    } else if (source.fits[i] != 0) {
        record.has_derived = true;
        record.reference_crc = source.reference_crc(i);
        set_text(record.reason, unit.reason);
        std::ranges::copy(source.derived_of(i), block.derived(canonical).begin());
    }
    const auto at = static_cast<std::size_t>(source.row(i));
    const Provenance& origin = source.source->origin;
    record.timing = origin.timing[at];
    record.timing_source = origin.timing_source[at] < 0 ? -1 : origin.timing_source[at] + shift_;
}

void Collector::compare(const UnitRecord& held, std::int64_t canonical, const SourceBlock& source, std::size_t i)
{
    UnitResult first;
    first.state = held.state;
    first.moments = held.moments;
    first.rare = rare_.read(canonical);
    const SpectrumStretch spectrum = source.spectrum(i);
    first.sigma.resize(spectrum.sigma.size());
    first.error.resize(spectrum.error.size());
    writer_.flush();
    spectra_.read(index_[canonical].sigma_offset, first.sigma, first.error);
    UnitResult unit = source.units[i];
    unit.sigma.assign(spectrum.sigma.begin(), spectrum.sigma.end());
    unit.error.assign(spectrum.error.begin(), spectrum.error.end());
    const ResultFile& file = source.source->file;
    const UnitAgreement found = agreement(file.contents().matrix_of(source.row(i)), first, unit);
    if (found.identical) {
        ++summary_.duplicates_identical;
        return;
    }
    const std::string& first_file = files_[static_cast<std::size_t>(held.taken_from)].string();
    const std::string title = file.contents().unit_title(source.row(i));
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
