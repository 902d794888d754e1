#include <filesystem>

#include "cli/options.hpp"
#include "cli/python.hpp"
#include "cli/verb.hpp"
#include "results/require_intact.hpp"

namespace specsweep::cli {

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
    words.emplace_back("--");
    for (const std::string& file : options.texts("files"))
        words.push_back(file);
    std::error_code ignored;
    const auto program = std::filesystem::read_symlink("/proc/self/exe", ignored);
    become_python(find_python(), find_analysis(analysis_folders(program)), "specsweep_analysis", words);
}

}  // namespace specsweep::cli
