#pragma once

namespace specsweep::run {

/// Catches SIGUSR1, SIGINT and SIGTERM from construction to the end of the process: the first one asks the work loop to
/// stop at the next unit; nothing is interrupted. A second SIGINT or SIGTERM ends the process at once, as without us.
/// (Under mpirun, SIGINT and SIGTERM reach the ranks as a kill; see docs/slurm.md.)
class StopRequest {
public:
    StopRequest();
    static bool raised() noexcept;
    /// Asks as SIGUSR1 does; from any thread.
    static void raise() noexcept;
    /// The signal that asked; 0 when none did.
    static int signal() noexcept;
};

}  // namespace specsweep::run
