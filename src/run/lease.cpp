#include "run/lease.hpp"

#include <fcntl.h>
#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <mutex>
#include <optional>
#include <thread>

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/format.hpp"
#include "base/stopwatch.hpp"
#include "run/lease_holder.hpp"

namespace specsweep::run {
namespace {

double modified(const struct stat& entry)
{
    return static_cast<double>(entry.st_mtim.tv_sec) + 1e-9 * static_cast<double>(entry.st_mtim.tv_nsec);
}

/// Creates a file that must not be there. False when it is. @throws IoError
bool create_exclusively(const std::filesystem::path& path, const std::string& text)
{
    const int handle = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (handle < 0 && errno == EEXIST)
        return false;
    if (handle < 0)
        throw IoError(fmt::format("cannot create {}", path.string()), system_message(errno));
    const bool written = ::write(handle, text.data(), text.size()) == std::ssize(text);
    const int error = errno;
    ::close(handle);
    if (written)
        return true;
    ::unlink(path.c_str());
    throw IoError(fmt::format("cannot write {}", path.string()), system_message(error));
}

/// A lease as it was seen at one moment.
struct Sighting {
    std::optional<LeaseHolder> holder;  ///< nothing: it is being written, or garbled
    double changed = 0;                 ///< by the clock of the file system
};

std::optional<Sighting> look(const std::filesystem::path& path)
{
    struct stat entry = {};
    if (::stat(path.c_str(), &entry) != 0)
        return std::nullopt;
    Sighting seen;
    seen.changed = modified(entry);
    try {
        seen.holder = LeaseHolder::parse(read_text_file(path));
    } catch (const Error&) {
        return std::nullopt;  // released meanwhile
    }
    return seen;
}

/// Now, by the clock of the file system that holds `folder`.
double file_system_now(const std::filesystem::path& sample)
{
    create_exclusively(sample, "");
    struct stat entry = {};
    const bool known = ::stat(sample.c_str(), &entry) == 0;
    ::unlink(sample.c_str());
    return known ? modified(entry) : 0;
}

bool same(const Sighting& a, const Sighting& b)
{
    return a.changed == b.changed && a.holder.has_value() == b.holder.has_value() &&
           (!a.holder || a.holder->id == b.holder->id);
}

/// Takes a dead lease away, if it is still the one that was looked at.
void remove_dead(const std::filesystem::path& path, const Sighting& dead, const std::string& own_id)
{
    const std::filesystem::path aside = path.string() + "." + own_id;
    if (::rename(path.c_str(), aside.c_str()) != 0)
        return;
    const auto taken = look(aside);
    // Somebody else was quicker and this is a live one: give it back. Should a third have one by now, its owner will
    // see that at its next beat.
    if (taken && !same(*taken, dead) && ::link(aside.c_str(), path.c_str()) != 0 && errno != EEXIST)
        ::rename(aside.c_str(), path.c_str());
    ::unlink(aside.c_str());
}

}  // namespace

struct Lease::State {
    std::filesystem::path path;
    LeaseHolder self = LeaseHolder::self();
    LeaseTimes times;
    std::function<void()> lost;
    std::mutex mutex;
    std::condition_variable wake;
    bool over = false;
    std::thread thread;

    void acquire(double wait_seconds);
    bool is_dead(const Sighting& seen) const;
    bool mine() const
    {
        const auto seen = look(path);
        return seen && seen->holder && seen->holder->id == self.id;
    }
    void beat();
};

bool Lease::State::is_dead(const Sighting& seen) const
{
    if (seen.holder && seen.holder->is_gone())
        return true;
    return file_system_now(path.string() + ".now." + self.id) - seen.changed > times.stale;
}

void Lease::State::acquire(double wait_seconds)
{
    const Stopwatch watch;
    Stopwatch unchanged;
    std::optional<Sighting> before;
    while (!create_exclusively(path, self.text())) {
        const auto seen = look(path);
        if (!seen)
            continue;
        if (!before || !same(*before, *seen)) {
            before = seen;
            unchanged = Stopwatch();
        }
        if (is_dead(*seen) || unchanged.seconds() > times.stale) {
            remove_dead(path, *seen, self.id);
            continue;
        }
        if (watch.seconds() >= wait_seconds)
            throw LeaseHeld(fmt::format("{} is held by another run", path.string()),
                            seen->holder ? seen->holder->title() : "its holder is not known",
                            "wait for it, or end it; a dead holder is noticed by itself");
        std::this_thread::sleep_for(std::chrono::duration<double>(std::min(1.0, times.beat / 4)));
    }
}

void Lease::State::beat()
{
    std::unique_lock lock(mutex);
    while (!wake.wait_for(lock, std::chrono::duration<double>(times.beat), [this] { return over; })) {
        if (!mine()) {
            lost();
            return;
        }
        ::utimensat(AT_FDCWD, path.c_str(), nullptr, 0);  // nullptr: the clock of the file system
    }
}

Lease::Lease(const std::filesystem::path& target, double wait_seconds, std::function<void()> lost, LeaseTimes times)
    : state_(std::make_unique<State>())
{
    state_->path = file_of(target);
    state_->lost = std::move(lost);
    state_->times = times;
    state_->acquire(wait_seconds);
    // Signals belong to the work loop: the new thread inherits a mask that blocks them all.
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before);
    state_->thread = std::thread([state = state_.get()] { state->beat(); });
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

Lease::~Lease()
{
    {
        const std::lock_guard lock(state_->mutex);
        state_->over = true;
    }
    state_->wake.notify_all();
    state_->thread.join();
    if (state_->mine())
        ::unlink(state_->path.c_str());
}

std::filesystem::path Lease::file_of(const std::filesystem::path& target)
{
    return target.parent_path() / fmt::format(".{}.lease", target.filename().string());
}

}  // namespace specsweep::run
