#include "results/complete_records.hpp"

#include <algorithm>
#include <limits>

#include "metrics/columns.hpp"
#include "results/content_crc.hpp"
#include "results/derive.hpp"
#include "results/layout.hpp"

namespace specsweep::results {

namespace {

constexpr std::int64_t block_rows = 2048;  // some 4 MiB
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

}  // namespace

RecordCompletion::RecordCompletion(const UnitIndex& index, RecordSpool& spool, SpectrumColumns& spectra,
                                   RareColumns& rare, AggregateSummary& summary)
    : index_(index),
      spool_(spool),
      spectra_(spectra),
      rare_(rare),
      summary_(summary),
      computed_(metrics::columns().size(), false)
{
}

void RecordCompletion::run()
{
    RecordBlock block;
    for (std::int64_t first = 0; first < index_.size(); first += block_rows) {
        spool_.read(first, std::min(block_rows, index_.size() - first), block);
        bool is_changed = false;
        for (std::int64_t row = first; row < first + block.count(); ++row)
            is_changed = complete(row, block) || is_changed;
        if (is_changed)
            spool_.write(block);
    }
}

bool RecordCompletion::complete(std::int64_t row, RecordBlock& block)
{
    const std::int64_t canonical = index_[row].canonical;
    UnitRecord& record = block.record(row);
    bool is_changed = false;
    if (canonical != row) {
        copy_result(canonical, row, block);
        is_changed = true;
    } else if (record.state == UnitState::done) {
        const bool alone = index_.is_reference(row);
        const UnitRecord* const reference = alone ? nullptr : &reference_of(row, block);
        const bool fits = alone || (reference->state == UnitState::done && reference->crc == record.reference_crc);
        is_changed = !record.has_derived || !fits;
        if (is_changed)
            derive_anew(row, block);
        else
            note_computed(alone);
    } else if (record.state == UnitState::pending) {
        clear_spectrum(row);
    }
    count(row, record);
    return is_changed;
}

void RecordCompletion::note_computed(bool alone)
{
    bool& is_noted = alone ? has_single_ : has_pair_;
    if (is_noted)
        return;
    is_noted = true;
    for (std::size_t c = 0; c < computed_.size(); ++c)
        computed_[c] = computed_[c] || !alone || !metrics::columns()[c].is_pair();
}

void RecordCompletion::copy_result(std::int64_t canonical, std::int64_t row, RecordBlock& block)
{
    if (!block.holds(canonical))
        spool_.read(canonical, 1, elsewhere_);
    const RecordBlock& from = block.holds(canonical) ? block : elsewhere_;
    UnitRecord copy = from.record(canonical);
    UnitRecord& record = block.record(row);
    copy.id = record.id;
    copy.solver = record.solver;
    copy.bits_per_weight = record.bits_per_weight;
    record = copy;
    const auto values = from.derived(canonical);
    std::copy(values.begin(), values.end(), block.derived(row).begin());
    rare_.write(row, rare_.read(canonical));
    if (const auto reason = long_reasons_.find(canonical); reason != long_reasons_.end())
        long_reasons_[row] = reason->second;
    if (std::binary_search(summary_.inconsistent.begin(), summary_.inconsistent.end(), index_[canonical].plan_row))
        summary_.inconsistent.push_back(index_[row].plan_row);
}

const UnitRecord& RecordCompletion::reference_of(std::int64_t row, const RecordBlock& block)
{
    const std::int64_t wanted = index_[index_[row].reference].canonical;
    if (block.holds(wanted))
        return block.record(wanted);
    if (wanted != reference_row_)
        spool_.read(wanted, 1, reference_block_);
    reference_row_ = wanted;
    return reference_block_.record(wanted);
}

UnitResult RecordCompletion::read(std::int64_t row, const UnitRecord& record) const
{
    UnitResult unit;
    unit.state = record.state;
    unit.method = text_of(record.method);
    unit.moments = record.moments;
    unit.rare = rare_.read(row);
    unit.sigma.resize(static_cast<std::size_t>(index_.sigma_count(row)));
    unit.error.resize(unit.sigma.size());
    spectra_.read(index_[row].sigma_offset, unit.sigma, unit.error);
    return unit;
}

void RecordCompletion::derive_anew(std::int64_t row, RecordBlock& block)
{
    UnitRecord& record = block.record(row);
    const UnitResult unit = read(row, record);
    const bool alone = index_.is_reference(row);
    if (!alone) {
        const std::int64_t reference = index_[index_[row].reference].canonical;
        if (reference != reference_spectrum_row_)
            reference_ = read(reference, reference_of(row, block));
        reference_spectrum_row_ = reference;
        if (reference_.state == UnitState::done)
            if (const auto violation = pair_violation(index_.matrix_of(row), unit, reference_))
                return fail(row, record, unit, *violation);
    }
    const auto values = derive(index_.matrix_of(row), index_.tables().header, unit, alone ? nullptr : &reference_);
    const std::span<double> target = block.derived(row);
    for (std::size_t c = 0; c < values.size(); ++c) {
        target[c] = values[c].has_value() ? *values[c] : nan;
        const bool of_reference = alone && metrics::columns()[c].is_pair();
        if (!of_reference && values[c].reason() != layout::not_computed)
            computed_[c] = true;
    }
    record.has_derived = true;
    const std::string reasons = derived_reasons(values, NotComputed::silent);
    if (!set_text(record.reason, reasons))
        long_reasons_[row] = reasons;
}

void RecordCompletion::fail(std::int64_t row, UnitRecord& record, const UnitResult& unit, const std::string& reason)
{
    record.state = UnitState::failed;
    record.has_derived = false;
    set_text(record.reason, reason);
    record.crc = content_crc(text_of(record.id), UnitState::failed, reason, unit.method, unit.moments, unit.rare,
                             unit.sigma, unit.error);
    summary_.inconsistent.push_back(index_[row].plan_row);
}

void RecordCompletion::clear_spectrum(std::int64_t row)
{
    const std::vector<double> none(static_cast<std::size_t>(index_.sigma_count(row)), nan);
    spectra_.write(index_[row].sigma_offset, none, none);
}

void RecordCompletion::count(std::int64_t row, const UnitRecord& record)
{
    switch (record.state) {
        case UnitState::pending:
            ++summary_.pending;
            break;
        case UnitState::done:
            ++summary_.done;
            break;
        case UnitState::failed:
            ++summary_.failed;
            if (!summary_.inconsistent.empty() && summary_.inconsistent.back() == index_[row].plan_row)
                summary_.inconsistent_units.push_back(index_.unit_title(row));
            break;
    }
}

}  // namespace specsweep::results
