#include "slurm/command.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string_view>

#include "base/error.hpp"
#include "base/stopwatch.hpp"
#include "base/text.hpp"

extern char** environ;

namespace specsweep::slurm {

namespace {

class Pipe {
public:
    Pipe()
    {
        if (::pipe2(ends_.data(), O_CLOEXEC) != 0)
            throw IoError("cannot make a pipe", system_message(errno));
    }
    ~Pipe()
    {
        close_end(0);
        close_end(1);
    }
    Pipe(const Pipe&) = delete;
    Pipe& operator=(const Pipe&) = delete;

    int reader() const { return ends_[0]; }
    int writer() const { return ends_[1]; }
    void close_end(std::size_t end)
    {
        if (ends_[end] >= 0)
            ::close(ends_[end]);
        ends_[end] = -1;
    }

private:
    std::array<int, 2> ends_{-1, -1};
};

bool is_kept(std::string_view variable)
{
    for (const std::string_view prefix : {"SBATCH_", "SQUEUE_", "SACCT_", "SLURM_TIME_FORMAT="})
        if (variable.starts_with(prefix))
            return false;
    return true;
}

std::vector<char*> environment()
{
    std::vector<char*> kept;
    for (char** variable = environ; *variable != nullptr; ++variable)
        if (is_kept(*variable))
            kept.push_back(*variable);
    kept.push_back(nullptr);
    return kept;
}

/// Appends what is there; false at the end of the stream.
bool drain(int handle, std::string& text)
{
    std::array<char, 65536> buffer{};
    const ssize_t got = ::read(handle, buffer.data(), buffer.size());
    if (got > 0)
        text.append(buffer.data(), static_cast<std::size_t>(got));
    return got > 0 || (got < 0 && (errno == EINTR || errno == EAGAIN));
}

/// Reads both streams until they end or the time is over.
void collect(Pipe& out, Pipe& err, double seconds, CommandResult& result)
{
    const Stopwatch watch;
    std::array<pollfd, 2> watched{pollfd{out.reader(), POLLIN, 0}, pollfd{err.reader(), POLLIN, 0}};
    while (watched[0].fd >= 0 || watched[1].fd >= 0) {
        const double left = seconds - watch.seconds();
        if (left <= 0) {
            result.timed_out = true;
            return;
        }
        if (::poll(watched.data(), watched.size(), static_cast<int>(std::min(left, 1.0) * 1000) + 1) <= 0)
            continue;
        if (watched[0].revents != 0 && !drain(watched[0].fd, result.out))
            watched[0].fd = -1;
        if (watched[1].revents != 0 && !drain(watched[1].fd, result.err))
            watched[1].fd = -1;
    }
}

int wait_for(pid_t child)
{
    int status = 0;
    while (::waitpid(child, &status, 0) < 0)
        if (errno != EINTR)
            return 127;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

std::string CommandResult::message() const
{
    if (!found)
        return "it is not installed, or not on PATH";
    const std::string& said = trim(err).empty() ? out : err;
    std::string first(trim(split(std::string(trim(said)), '\n').front()));
    if (timed_out)
        return "it did not answer in time" + (first.empty() ? "" : ": " + first);
    return first.empty() ? "exit " + std::to_string(exit_code) : first;
}

CommandResult run_command(const std::vector<std::string>& arguments, double seconds)
{
    Pipe out;
    Pipe err;
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, out.writer(), STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, err.writer(), STDERR_FILENO);
    std::vector<char*> argv;
    for (const std::string& argument : arguments)
        argv.push_back(const_cast<char*>(argument.c_str()));
    argv.push_back(nullptr);
    std::vector<char*> variables = environment();
    pid_t child = -1;
    const int failure = ::posix_spawnp(&child, argv[0], &actions, nullptr, argv.data(), variables.data());
    posix_spawn_file_actions_destroy(&actions);

    CommandResult result;
    if (failure == ENOENT || failure == EACCES) {
        result.found = false;
        result.exit_code = 127;
        return result;
    }
    if (failure != 0)
        throw IoError("cannot start " + arguments.front(), system_message(failure));
    out.close_end(1);
    err.close_end(1);
    collect(out, err, seconds, result);
    if (result.timed_out)
        ::kill(child, SIGKILL);
    result.exit_code = wait_for(child);
    return result;
}

}  // namespace specsweep::slurm
