#include "base/error.hpp"

#include <system_error>

namespace specsweep {
namespace {

std::string sentence(const std::string& problem, const std::string& why, const std::string& suggestion)
{
    std::string text = problem;
    if (!why.empty())
        text += " (" + why + ")";
    if (!suggestion.empty())
        text += "; " + suggestion;
    return text;
}

}  // namespace

Error::Error(ExitCode code, std::string problem, std::string why, std::string suggestion)
    : std::runtime_error(sentence(problem, why, suggestion)),
      code_(code),
      problem_(std::move(problem)),
      why_(std::move(why)),
      suggestion_(std::move(suggestion))
{
}

std::string system_message(int error_number)
{
    return std::generic_category().message(error_number);
}

}  // namespace specsweep
