#include <sys/mman.h>
#include <unistd.h>

#include <filesystem>

#include "base/format.hpp"
#include "cli/allocation_table.hpp"
#include "cli/options.hpp"
#include "cli/python.hpp"
#include "cli/verb.hpp"
#include "results/require_intact.hpp"

namespace specsweep::cli {
namespace {

/// The text in memory under a name that the Python that follows can open; nothing where there is no such memory.
std::optional<std::string> in_memory(const std::string& text)
{
    const int handle = memfd_create("specsweep-allocation", 0);
    if (handle < 0)
        return std::nullopt;
    for (std::size_t written = 0; written < text.size();) {
        const ssize_t count = write(handle, text.data() + written, text.size() - written);
        if (count <= 0) {
            close(handle);
            return std::nullopt;
        }
        written += static_cast<std::size_t>(count);
    }
    return fmt::format("/dev/fd/{}", handle);
}

/// How the rules of `allocate` compare on this file. Nothing where it has no choice of bits, or is no file of ours:
/// what is wrong with it the report says.
std::optional<std::string> allocation_of(const std::string& file)
{
    try {
        const auto curve = verdicts::allocation_curve(results::ResultFile::open(file), std::nullopt);
        return curve.empty() ? std::nullopt : in_memory(allocation_table(curve));
    } catch (const Error&) {
        return std::nullopt;
    }
}

}  // namespace

ExitCode report(Arguments arguments)
{
    Options options(
        "specsweep report FILE [FILE2] -o DIR",
        "Figures, tables and verdicts of a result file as one page that needs nothing from outside: DIR/index.html,\n"
        "with every figure as SVG and PNG and every table as CSV beside it. Two files are shown side by side.\n"
        "Drawn by Python (h5py, pandas, matplotlib): SPECSWEEP_PYTHON, python3 or /usr/bin/python3.");
    options.value("output,o", "DIR", "folder to write to; an earlier report in it is replaced")
        .positional("files", 1, 2);
    if (!options.parse(arguments))
        return ExitCode::complete;
    const auto output = options.text("output");
    if (!output)
        throw UsageError("report needs a folder to write to", {}, "give it with -o DIR");
    for (const std::string& file : options.texts("files"))
        results::require_intact_if_readable(file);
    std::vector<std::string> words{"report", "--output=" + *output};
    if (options.has("quiet"))
        words.emplace_back("--quiet");
    if (options.texts("files").size() == 1)
        if (const auto allocation = allocation_of(options.texts("files")[0]))
            words.push_back("--allocation=" + *allocation);
    words.emplace_back("--");
    for (const std::string& file : options.texts("files"))
        words.push_back(file);
    std::error_code ignored;
    const auto program = std::filesystem::read_symlink("/proc/self/exe", ignored);
    become_python(find_python(), find_analysis(analysis_folders(program)), "specsweep_analysis", words);
}

}  // namespace specsweep::cli
