#include "slurm/doctor.hpp"

#include <iostream>

#include "base/file.hpp"
#include "base/json.hpp"
#include "cli/options.hpp"
#include "cli/slurm.hpp"

namespace specsweep::cli {

ExitCode slurm_doctor(Arguments arguments)
{
    Options options(
        "specsweep slurm doctor [--folder DIR] [-o PROFILE.yaml]",
        "Looks at the cluster (version, limits, partitions, QOS, accounting, requeue, MPI plugins against the MPI\n"
        "library in use) and at a file system (O_EXCL, flock, rename, clock, space, a parallel HDF5 write), says\n"
        "what each finding means, and writes a profile. Exit: 0, or 74 when something will not work.");
    options.value("folder", "DIR", "where sweeps are to lie (default: here)")
        .value("output,o", "FILE", "write a profile")
        .value("profile", "NAME|FILE", "what that profile extends (default generic)")
        .values("set", "KEY=VALUE", "settings to try, like io_component=romio321")
        .flag("json", "machine-readable");
    if (!options.parse(arguments))
        return ExitCode::complete;
    const auto output = options.text("output");
    if (output)
        check_can_write(*output);
    const std::string base = options.text("profile").value_or("generic");
    const slurm::Profile profile = slurm::Profile::load(base, options.texts("set"));
    const slurm::Diagnosis diagnosis = slurm::diagnose(options.text("folder").value_or("."), this_program(), profile);
    if (options.has("json"))
        std::cout << to_json(diagnosis).dump(1) << '\n';
    else
        std::cout << to_text(diagnosis);
    if (output)
        write_text_file_atomically(*output, profile_text(diagnosis, base));
    return diagnosis.healthy() ? ExitCode::complete : ExitCode::io;
}

}  // namespace specsweep::cli
