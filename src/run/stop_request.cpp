#include "run/stop_request.hpp"

#include <csignal>
#include <initializer_list>

namespace specsweep::run {
namespace {

volatile std::sig_atomic_t raised_signal = 0;

extern "C" void remember(int number)
{
    if (raised_signal != 0 && number != SIGUSR1) {
        std::signal(number, SIG_DFL);
        std::raise(number);
    }
    raised_signal = number;
}

}  // namespace

StopRequest::StopRequest()
{
    struct sigaction action = {};
    action.sa_handler = remember;
    action.sa_flags = SA_RESTART;  // reads and writes go on
    for (const int number : {SIGUSR1, SIGINT, SIGTERM})
        sigaction(number, &action, nullptr);
}

bool StopRequest::raised() noexcept
{
    return raised_signal != 0;
}

void StopRequest::raise() noexcept
{
    if (raised_signal == 0)
        raised_signal = SIGUSR1;
}

int StopRequest::signal() noexcept
{
    return raised_signal;
}

}  // namespace specsweep::run
