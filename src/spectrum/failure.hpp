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
