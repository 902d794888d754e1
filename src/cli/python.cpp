#include "cli/python.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

#include "base/error.hpp"
#include "base/format.hpp"

// NOLINTNEXTLINE(readability-redundant-declaration): POSIX leaves declaring it to us
extern char** environ;

namespace specsweep::cli {
namespace {

namespace fs = std::filesystem;

/// Prints the missing modules; looks for them without importing, which would take a second.
constexpr const char* probe =
    "import importlib.util as u, sys\n"
    "print(*[m for m in sys.argv[1:] if u.find_spec(m) is None])\n";

const std::vector<std::string> needed{"h5py", "numpy", "pandas"};

std::vector<char*> pointers(std::vector<std::string>& words)
{
    std::vector<char*> result;
    for (std::string& word : words)
        result.push_back(word.data());
    result.push_back(nullptr);
    return result;
}

/// stdout of a command, or nothing when it could not be started or failed. stderr is dropped.
std::optional<std::string> output_of(std::vector<std::string> command)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
        throw IoError("cannot open a pipe", system_message(errno));
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    pid_t child = 0;
    const int refused = posix_spawnp(&child, command[0].c_str(), &actions, nullptr, pointers(command).data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);
    std::string text;
    char buffer[512];
    for (ssize_t count = 0; refused == 0 && (count = read(ends[0], buffer, sizeof buffer)) != 0;) {
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            break;
        text.append(buffer, static_cast<std::size_t>(count));
    }
    close(ends[0]);
    if (refused != 0)
        return {};
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        return {};
    return text;
}

/// Names of `modules` that this Python does not find, separated by blanks; nothing when it cannot be run at all.
std::optional<std::string> missing_modules(const std::string& python, const std::vector<std::string>& modules)
{
    std::vector<std::string> command{python, "-c", probe};
    command.insert(command.end(), modules.begin(), modules.end());
    auto text = output_of(std::move(command));
    if (text)
        text->erase(text->find_last_not_of(" \n\r") + 1);
    return text;
}

}  // namespace

std::vector<fs::path> analysis_folders(const fs::path& program)
{
    std::vector<fs::path> folders;
    const fs::path beside = program.parent_path();
    folders.push_back((beside / SPECSWEEP_INSTALLED_ANALYSIS).lexically_normal());
    folders.emplace_back(SPECSWEEP_SOURCE_ANALYSIS);
    return folders;
}

fs::path find_analysis(const std::vector<fs::path>& folders)
{
    std::string tried;
    for (const fs::path& folder : folders) {
        std::error_code ignored;
        if (fs::is_regular_file(folder / "specsweep_analysis" / "__main__.py", ignored))
            return folder;
        tried += (tried.empty() ? "" : ", ") + folder.string();
    }
    throw IoError("the Python package specsweep_analysis was not found", "looked in " + tried,
                  "install it with `cmake --install`, or run `python3 -m specsweep_analysis report` from analysis/");
}

std::string find_python()
{
    std::vector<std::string> candidates{"python3", "/usr/bin/python3"};
    if (const char* chosen = std::getenv("SPECSWEEP_PYTHON"); chosen != nullptr && *chosen != '\0')
        candidates = {chosen};
    std::optional<std::string> without_figures;
    std::string found;
    for (const std::string& candidate : candidates) {
        const auto missing = missing_modules(candidate, needed);
        if (missing && missing->empty()) {
            if (missing_modules(candidate, {"matplotlib"}) == "")
                return candidate;
            without_figures = without_figures.value_or(candidate);
        }
        found += (found.empty() ? "" : "; ") + candidate + (missing ? " lacks " + *missing : " cannot be run");
    }
    if (without_figures)
        return *without_figures;
    throw IoError("the report needs a Python with h5py, numpy and pandas", found,
                  "install python3-h5py, python3-pandas and python3-matplotlib, or name a Python in SPECSWEEP_PYTHON");
}

void become_python(const std::string& python, const fs::path& folder, const std::string& module,
                   const std::vector<std::string>& arguments)
{
    const char* path = std::getenv("PYTHONPATH");
    const std::string modules = folder.string() + (path != nullptr && *path != '\0' ? std::string(":") + path : "");
    setenv("PYTHONPATH", modules.c_str(), 1);
    setenv("PYTHONDONTWRITEBYTECODE", "1", 0);  // the package may lie where only root writes, or in a source tree
    std::vector<std::string> command{python, "-m", module};
    command.insert(command.end(), arguments.begin(), arguments.end());
    execvp(python.c_str(), pointers(command).data());
    throw IoError(fmt::format("cannot start '{}'", python), system_message(errno));
}

}  // namespace specsweep::cli
