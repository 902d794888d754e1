#include "cli/slurm.hpp"

#include <array>
#include <iostream>

#include "base/format.hpp"
#include "base/text.hpp"

namespace specsweep::cli {
namespace {

constexpr std::array table{
    Verb{"render", "job scripts of a plan, after a profile; nothing is submitted", slurm_render},
    Verb{"submit", "submit them as job arrays, once; or a plan in one step", slurm_submit},
    Verb{"status", "result files, queue and history joined; what to do next", slurm_status},
    Verb{"resume", "submit what is neither complete nor in the queue", slurm_resume},
    Verb{"cancel", "cancel every job of the sweep", slurm_cancel},
    Verb{"doctor", "look at cluster and file system, write a profile", slurm_doctor},
};

void print_help()
{
    std::cout << "usage: specsweep slurm WORD [options] ARGUMENTS      specsweep slurm WORD -h\n\n";
    for (const Verb& verb : table)
        std::cout << fmt::format("  {:<8} {}\n", verb.name, verb.summary);
    std::cout << "\n  specsweep plan job.yaml -o plan.json\n"
                 "  specsweep slurm submit plan.json --profile generic -o DIR\n"
                 "  specsweep slurm status DIR\n\nSee docs/slurm.md.\n";
}

}  // namespace

std::filesystem::path this_program()
{
    std::error_code failure;
    const std::filesystem::path path = std::filesystem::read_symlink("/proc/self/exe", failure);
    return failure ? std::filesystem::path("specsweep") : path;
}

ExitCode slurm(Arguments arguments)
{
    if (arguments.empty() || arguments[0] == "-h" || arguments[0] == "--help") {
        print_help();
        return arguments.empty() ? ExitCode::usage : ExitCode::complete;
    }
    std::vector<std::string> names;
    for (const Verb& verb : table) {
        if (verb.name == arguments[0])
            return verb.run(arguments.subspan(1));
        names.emplace_back(verb.name);
    }
    throw UsageError(fmt::format("unknown word '{}' after slurm", arguments[0]), {}, suggest(arguments[0], names));
}

}  // namespace specsweep::cli
