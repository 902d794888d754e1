#include "cli/program.hpp"

#include <array>
#include <chrono>
#include <iostream>
#include <new>
#include <thread>
#include <vector>

#include "base/format.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "cli/revision.hpp"
#include "cli/terminal.hpp"
#include "cli/verb.hpp"
#include "mpi/launch.hpp"

namespace specsweep::cli {
namespace {

constexpr std::array table{
    Verb{"inspect", "matrices of a checkpoint: role, block, shape, dtype; what is skipped and why", inspect},
    Verb{"formats", "every quantizer with its parameters; `formats TEXT` explains one", formats},
    Verb{"plan", "expand a manifest into units, choose solvers, estimate cost, cut into shards", plan},
    Verb{"run", "compute a manifest, a plan or one shard of it (under mpirun or alone)", run},
    Verb{"status", "done, pending, failed, per shard and in total", status},
    Verb{"aggregate", "one file from shard files, byte-identical however they were cut", aggregate},
    Verb{"export", "flat CSV of a result file", export_table},
    Verb{"report", "figures, tables and verdicts as one self-contained page", report},
    Verb{"compare", "what differs between two result files", compare},
    Verb{"verify", "CRCs, plan hash and self-checks of a result file again", verify},
    Verb{"quantize", "the simulated-quantized checkpoint, for other tools to evaluate", quantize_checkpoint},
    Verb{"slurm", "render, submit, status, resume, cancel, doctor: the sweep as job arrays", slurm},
    Verb{"allocate", "a quantizer for each matrix within a budget of bits", allocate},
    Verb{"bench", "speed as ratios in one run", bench},
};

void print_help()
{
    std::cout << "specsweep " << revision().version
              << ": what quantization does to the singular-value spectra of language models\n\n"
                 "usage: specsweep VERB [options] ARGUMENTS      specsweep VERB -h | help VERB\n\n";
    for (const Verb& verb : table)
        std::cout << fmt::format("  {:<10} {}\n", verb.name, verb.summary);
    std::cout
        << "\nExit codes: 0 complete, 3 complete with failed units, 64 usage, 65 bad input, 70 internal, 74 I/O,\n"
           "            75 stopped early (run again to go on), 76 wrong number of ranks; compare: 1 if files differ\n";
}

UsageError unknown_verb(const std::string& word)
{
    if (word.starts_with('-'))
        return UsageError(fmt::format("unknown option '{}' before a verb", word), {},
                          suggest(word, std::vector<std::string>{"--help", "--version"}));
    std::vector<std::string> names;
    for (const Verb& verb : table)
        names.emplace_back(verb.name);
    return UsageError(fmt::format("unknown verb '{}'", word), {}, suggest(word, names));
}

ExitCode dispatch(Arguments arguments)
{
    if (arguments.size() >= 2 && arguments[0] == "help") {
        std::vector<std::string> page(arguments.begin() + 1, arguments.end());
        page.emplace_back("-h");
        return dispatch(page);
    }
    if (arguments.empty() || arguments[0] == "-h" || arguments[0] == "--help" || arguments[0] == "help") {
        print_help();
        return arguments.empty() ? ExitCode::usage : ExitCode::complete;
    }
    if (arguments[0] == "--version") {
        std::cout << fmt::format("specsweep {} ({}{})\n", revision().version, revision().commit,
                                 revision().dirty ? ", modified" : "");
        return ExitCode::complete;
    }
    for (const Verb& verb : table)
        if (verb.name == arguments[0])
            return verb.run(arguments.subspan(1));
    throw unknown_verb(arguments[0]);
}

}  // namespace

std::span<const Verb> verbs()
{
    return table;
}

int run_program(Arguments arguments)
{
    try {
        const ExitCode code = dispatch(arguments);
        if (!std::cout.flush())
            throw IoError("cannot write to stdout", system_message(errno));
        return static_cast<int>(code);
    } catch (const UsageError& error) {
        // All ranks were given the same words: rank 0 says what is wrong with them. The others let it speak first,
        // because a launcher ends all ranks as soon as one fails.
        if (mpi::launched_rank().value_or(0) == 0)
            log_error("{}", error.what());
        else
            std::this_thread::sleep_for(std::chrono::seconds(1));
        return static_cast<int>(error.code());
    } catch (const Error& error) {
        log_error("{}", error.what());
        return static_cast<int>(error.code());
    } catch (const std::bad_alloc&) {
        log_error("out of memory (an allocation was refused) give fewer ranks per node or more memory");
        return static_cast<int>(ExitCode::internal);
    } catch (const std::exception& error) {
        log_error("internal error ({}) please report it", error.what());
        return static_cast<int>(ExitCode::internal);
    }
}

}  // namespace specsweep::cli
