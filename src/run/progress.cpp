#include "run/progress.hpp"

#include <pthread.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <cstdio>
#include <mutex>
#include <thread>

#include "base/format.hpp"
#include "base/stopwatch.hpp"
#include "base/text.hpp"

namespace specsweep::run {

namespace {

using namespace std::chrono_literals;
constexpr std::chrono::milliseconds redraw = 500ms;
constexpr std::chrono::milliseconds first_line = 2s;
constexpr std::chrono::milliseconds usual_line = 1min;

}  // namespace

std::string progress_line(const Advance& done, const Advance& total, double elapsed)
{
    std::string line = fmt::format("{}/{} units", format_count(done.units), format_count(total.units));
    if (done.units == 0 || elapsed <= 0)
        return line;
    line += fmt::format("  {:.3g}/s", static_cast<double>(done.units) / elapsed);
    if (done.predicted_seconds > 0 && done.units < total.units) {
        const double rest = (total.predicted_seconds - done.predicted_seconds) / done.predicted_seconds;
        line += fmt::format("  {} left", format_seconds(elapsed * (rest > 0 ? rest : 0)));
    }
    return line;
}

struct ProgressDisplay::State {
    std::function<Advance()> now;
    Advance total;
    Stopwatch watch;
    bool terminal = ::isatty(STDERR_FILENO) == 1;
    std::mutex mutex;
    std::condition_variable wake;
    bool over = false;
    std::thread thread;

    void show() const
    {
        const std::string line = progress_line(now(), total, watch.seconds());
        fmt::print(stderr, "{}{}{}", terminal ? "\r\033[K  " : "specsweep: ", line, terminal ? "" : "\n");
        std::fflush(stderr);
    }

    void loop()
    {
        // Under a launcher stderr is a pipe that ends at somebody's terminal, or in a log: soon at first, then now and
        // then.
        std::chrono::milliseconds pause = terminal ? redraw : first_line;
        std::unique_lock lock(mutex);
        while (!wake.wait_for(lock, pause, [this] { return over; })) {
            show();
            if (!terminal)
                pause = std::min(2 * pause, usual_line);
        }
    }
};

ProgressDisplay::ProgressDisplay(std::function<Advance()> now, Advance total) : state_(std::make_unique<State>())
{
    state_->now = std::move(now);
    state_->total = total;
    // Signals belong to the work loop: the new thread inherits a mask that blocks them all.
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before);
    state_->thread = std::thread([state = state_.get()] { state->loop(); });
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

ProgressDisplay::~ProgressDisplay()
{
    {
        const std::lock_guard lock(state_->mutex);
        state_->over = true;
    }
    state_->wake.notify_all();
    state_->thread.join();
    if (state_->terminal)
        fmt::print(stderr, "\r\033[K");
}

}  // namespace specsweep::run
