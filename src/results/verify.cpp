#include "results/verify.hpp"

#include <cmath>
#include <limits>

#include "base/format.hpp"
#include "base/hash.hpp"
#include "metrics/columns.hpp"
#include "results/derive.hpp"
#include "results/result_file.hpp"
#include "results/spectrum_check.hpp"
#include "sweep/sweep_hash.hpp"

namespace specsweep::results {

namespace {

class Verifier {
public:
    Verifier(const ResultFile& file, Verification& into) : file_(file), into_(into) {}

    void run()
    {
        check_file();
        for (std::int64_t row = 0; row < file_.size(); ++row)
            check_unit(row);
        check_derived();
        into_.complete = file_.header().complete == 1;
    }

private:
    void require(bool holds, std::string_view check, std::int64_t row, std::string description)
    {
        ++into_.checks;
        if (!holds)
            into_.findings.push_back(
                {std::string(check), row, row < 0 ? "" : file_.contents().unit_title(row), std::move(description)});
    }

    std::string sweep_hash() const
    {
        sweep::SweepHash hash(file_.header().numerics_version);
        for (const UnitRow& unit : file_.contents().units)
            hash.add(unit.id, unit.solver);
        return hash.hex();
    }

    void check_file()
    {
        into_.units = file_.size();
        require(file_.tables_intact(), "static-crc", -1, "the tables do not fit their CRC: a bit has changed");
        const bool whole = file_.size() == file_.header().planned_units;
        if (whole)
            require(sweep_hash() == file_.header().sweep_sha256, "sweep-hash", -1,
                    "unit ids and solvers do not give sweep_sha256");
        if (file_.header().complete == 1)
            require(whole && file_.header().kind == FileKind::aggregate, "complete", -1,
                    fmt::format("it calls itself complete with {} of {} units", file_.size(),
                                file_.header().planned_units));
    }

    void check_unit(std::int64_t row)
    {
        const std::uint8_t byte = file_.columns().states[static_cast<std::size_t>(row)];
        require(byte <= 2, "state", row, fmt::format("{} is no state", byte));
        const UnitState state = file_.state(row);
        ++(state == UnitState::done ? into_.done : state == UnitState::failed ? into_.failed : into_.pending);
        if (state == UnitState::pending) {
            require(file_.header().complete != 1, "complete", row,
                    "it is pending in a file that calls itself complete");
            return;
        }
        const UnitResult unit = file_.read(row);
        require(file_.crc_holds(row, unit), "crc", row, "the result does not fit its CRC: a bit has changed");
        if (state != UnitState::done)
            return;
        const auto fault = spectrum_fault(unit);
        require(!fault, "spectrum", row, fault.value_or(""));
        if (!file_.contents().is_reference(row) && !fault)
            check_pair(row, unit);
    }

    void check_pair(std::int64_t row, const UnitResult& unit)
    {
        const std::int64_t wanted = file_.contents().units[static_cast<std::size_t>(row)].reference;
        if (wanted != reference_row_) {
            reference_ = file_.read(wanted);
            reference_row_ = wanted;
        }
        if (reference_.state != UnitState::done || spectrum_fault(reference_))
            return;
        const auto violation = pair_violation(file_.contents().matrix_of(row), unit, reference_);
        require(!violation, "pair", row, violation.value_or("") + ": against its reference, with the bounds as slack");
    }

    /// Derived columns of an aggregate against what its spectra and moments give.
    void check_derived()
    {
        if (file_.header().kind != FileKind::aggregate)
            return;
        const std::span<const metrics::Column> columns = metrics::columns();
        std::vector<std::vector<double>> stored;
        for (const metrics::Column& column : columns)
            stored.push_back(file_.derived(column.name).value_or(std::vector<double>()));
        for (std::int64_t row = 0; row < file_.size(); ++row) {
            if (file_.state(row) != UnitState::done)
                continue;
            const auto values = derived_now(row);
            const std::string reasons = derived_reasons(values, NotComputed::silent);
            require(file_.columns().reasons[static_cast<std::size_t>(row)] == reasons, "derived", row,
                    fmt::format("reason is '{}', its spectrum gives '{}' (a later version of the metrics? then "
                                "`aggregate --rederive`)",
                                file_.columns().reasons[static_cast<std::size_t>(row)], reasons));
            for (std::size_t c = 0; c < columns.size(); ++c) {
                if (stored[c].empty())
                    continue;
                const double now = values[c].has_value() ? *values[c] : std::numeric_limits<double>::quiet_NaN();
                const double then = stored[c][static_cast<std::size_t>(row)];
                require(now == then || (std::isnan(now) && std::isnan(then)), "derived", row,
                        fmt::format("{} is {}, its spectrum gives {} (a later version of the metrics? then "
                                    "`aggregate --rederive`)",
                                    columns[c].name, then, now));
            }
        }
    }

    std::vector<metrics::Value> derived_now(std::int64_t row)
    {
        const UnitResult unit = file_.read(row);
        if (file_.contents().is_reference(row))
            return derive(file_.contents().matrix_of(row), file_.header(), unit, nullptr);
        const std::int64_t wanted = file_.contents().units[static_cast<std::size_t>(row)].reference;
        if (wanted != reference_row_) {
            reference_ = file_.read(wanted);
            reference_row_ = wanted;
        }
        return derive(file_.contents().matrix_of(row), file_.header(), unit, &reference_);
    }

    const ResultFile& file_;
    Verification& into_;
    UnitResult reference_;
    std::int64_t reference_row_ = -1;
};

}  // namespace

Verification verify(const std::filesystem::path& path)
{
    Verification verification;
    verification.file = path;
    try {
        const ResultFile file = ResultFile::open(path);
        Verifier(file, verification).run();
    } catch (const InputError& error) {
        verification.findings.push_back({"file", -1, "", error.what()});
    }
    return verification;
}

}  // namespace specsweep::results
