#pragma once

#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "results/verdict_table.hpp"
#include "verdicts/unit_facts.hpp"

namespace specsweep::verdicts {

using results::Verdict;

/// What one claim comes to on one unit. The note is a string literal, so that a table of them stays small.
struct Finding {
    Verdict verdict = Verdict::not_testable;
    double left = std::numeric_limits<double>::quiet_NaN();
    double right = std::numeric_limits<double>::quiet_NaN();
    std::string_view note;
};

/// Which units a claim speaks of.
enum class Subject {
    quantized,  ///< every quantized unit
    reference,  ///< every matrix, as it is stored
    every,      ///< both
    quantizer,  ///< all matrices under one quantizer together
    sweep,      ///< nothing that units could show: one row for the whole file
};

/// What a claim about many matrices is judged by, one entry a matrix.
struct GroupFacts {
    std::vector<double> relative_error, log_condition, alpha, stable_rank, erank;  ///< NaN: not defined
};

/// A finding whose note is made of numbers.
struct GroupFinding {
    Finding finding;
    std::string note;
};

/// A statement of one of the two sources, or a theorem it rests on.
struct Claim {
    std::string_view name;
    std::string_view statement;
    std::string_view source;
    bool law;  ///< always true: a violation is a fault of this program and fails the run
    Subject subject;
    /// Nothing: the claim does not speak of this unit.
    std::optional<Finding> (*judge)(const UnitFacts&, const FactReader&) = nullptr;
    GroupFinding (*judge_group)(const GroupFacts&) = nullptr;  ///< Subject::quantizer
    std::string_view reason = {};                              ///< Subject::sweep: why it cannot be tested
    bool of_weights = false;  ///< of what a quantizer acts on, not of the token-weighted embedding that follows from it
};

/// All claims in the order in which they are reported.
std::span<const Claim> claims();

/// A right side that exceeds the left one by more than this says nothing.
inline constexpr double vacuous_factor = 1e3;

/// left ≤ right as a bound: `vacuous` when right > 10³·left. Equality holds.
Finding bound(double left, double right, std::string_view note = {});

/// left > right as a claim about a size.
Finding exceeds(double left, double right, std::string_view note = {});

Finding not_testable(std::string_view why);

}  // namespace specsweep::verdicts
