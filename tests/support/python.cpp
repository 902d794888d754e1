#include "support/python.hpp"

#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <fstream>
#include <stdexcept>

#include "support/temporary_folder.hpp"

namespace specsweep {
namespace {

constexpr std::string_view interpreter = SPECSWEEP_PYTHON;

/// In single quotes for sh: ' becomes '\''.
std::string shell_word(std::string_view text)
{
    std::string result = "'";
    for (const char letter : text) {
        if (letter == '\'')
            result += "'\\''";
        else
            result += letter;
    }
    return result + "'";
}

int exit_code_of(int status)
{
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

bool python_is_available()
{
    return !interpreter.empty();
}

PythonResult run_python(std::string_view code, const std::vector<std::string>& arguments)
{
    const TemporaryFolder folder;
    const std::string script = (folder / "script.py").string();
    std::ofstream(script) << code;

    // -s: what a user has installed for himself must not replace the packages that CMake checked.
    std::string command = shell_word(interpreter) + " -s -B " + shell_word(script);
    for (const std::string& argument : arguments)
        command += " " + shell_word(argument);
    command += " 2>&1 </dev/null";

    std::FILE* pipe = ::popen(command.c_str(), "r");
    if (pipe == nullptr)
        throw std::runtime_error("cannot start " + command);
    PythonResult result;
    std::array<char, 4096> chunk{};
    while (const std::size_t got = std::fread(chunk.data(), 1, chunk.size(), pipe))
        result.output.append(chunk.data(), got);
    result.exit_code = exit_code_of(::pclose(pipe));
    return result;
}

}  // namespace specsweep
