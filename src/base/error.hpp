#pragma once

#include <stdexcept>
#include <string>
#include <utility>

namespace specsweep {

/// Exit codes of the program (docs/exit codes in README; interface.md §1, architecture.md §6).
enum class ExitCode : int {
    complete = 0,
    differs = 1,       ///< `compare` found differences
    failed_units = 3,  ///< complete, but some units failed
    usage = 64,        ///< command line, manifest or plan
    bad_input = 65,    ///< checkpoint or result file is not what it claims to be
    internal = 70,     ///< our own fault
    io = 74,           ///< the operating system refused to read or write
    stopped = 75,      ///< stopped early on request: run again to go on
    wrong_ranks = 76,  ///< another number of MPI ranks than expected
};

/// Every failure that a user can see. what() = "problem (why it is one); suggestion".
class Error : public std::runtime_error {
public:
    Error(ExitCode code, std::string problem, std::string why = {}, std::string suggestion = {});

    ExitCode code() const noexcept { return code_; }
    const std::string& problem() const noexcept { return problem_; }
    const std::string& why() const noexcept { return why_; }
    const std::string& suggestion() const noexcept { return suggestion_; }

private:
    ExitCode code_;
    std::string problem_;
    std::string why_;
    std::string suggestion_;
};

/// The command line, manifest or plan is wrong.
class UsageError : public Error {
public:
    explicit UsageError(std::string problem, std::string why = {}, std::string suggestion = {})
        : Error(ExitCode::usage, std::move(problem), std::move(why), std::move(suggestion))
    {
    }
};

/// A checkpoint, plan or result file does not hold what it should.
class InputError : public Error {
public:
    explicit InputError(std::string problem, std::string why = {}, std::string suggestion = {})
        : Error(ExitCode::bad_input, std::move(problem), std::move(why), std::move(suggestion))
    {
    }
};

/// The operating system refused: missing file, no permission, no space.
class IoError : public Error {
public:
    explicit IoError(std::string problem, std::string why = {}, std::string suggestion = {})
        : Error(ExitCode::io, std::move(problem), std::move(why), std::move(suggestion))
    {
    }
};

/// A promise of the program itself is broken.
class InternalError : public Error {
public:
    explicit InternalError(std::string problem, std::string why = {}, std::string suggestion = {})
        : Error(ExitCode::internal, std::move(problem), std::move(why), std::move(suggestion))
    {
    }
};

/// A quantity has no value on these data (stable rank of a zero matrix).
class NotDefined : public Error {
public:
    explicit NotDefined(std::string problem, std::string why = {}, std::string suggestion = {})
        : Error(ExitCode::internal, std::move(problem), std::move(why), std::move(suggestion))
    {
    }
};

/// "No such file or directory" for errno.
std::string system_message(int error_number);

}  // namespace specsweep
