#pragma once

#include <string>
#include <utility>

#include "base/error.hpp"

namespace specsweep::spectrum {

/// A solver could not do its work (LAPACK's info, no convergence): fails the unit, not the run.
class SolverFailure : public Error {
public:
    explicit SolverFailure(std::string problem, std::string why = {}, std::string suggestion = {})
        : Error(ExitCode::internal, std::move(problem), std::move(why), std::move(suggestion))
    {
    }
};

/// A computed spectrum contradicts an identity that must hold within its own bounds (architecture.md §4.4): fails the
/// unit.
class SelfCheckFailure : public Error {
public:
    explicit SelfCheckFailure(std::string problem, std::string why = {}, std::string suggestion = {})
        : Error(ExitCode::internal, std::move(problem), std::move(why), std::move(suggestion))
    {
    }
};

/// A matrix with a value that is NaN or infinite. Stored weights are looked at where they are read, so this is one that
/// a quantizer decoded, or that weighting made: fails the unit.
class NotFinite : public InputError {
public:
    NotFinite() : InputError("a spectrum needs finite weights", "a value is NaN or infinite") {}
};

/// The system refused memory: fails the unit.
class OutOfMemory : public Error {
public:
    explicit OutOfMemory(std::string why)
        : Error(ExitCode::internal, "out of memory", std::move(why),
                "give each rank more memory, or use fewer ranks per node")
    {
    }
};

}  // namespace specsweep::spectrum
