#include "results/writing_back.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <chrono>

namespace specsweep::results {

namespace {

constexpr std::chrono::milliseconds between(10);

}  // namespace

WritingBack::WritingBack(const std::filesystem::path& file) : thread_([this, file] { work(file); }) {}

WritingBack::~WritingBack()
{
    {
        const std::lock_guard lock(mutex_);
        is_over_ = true;
    }
    changed_.notify_all();
    thread_.join();
}

void WritingBack::work(const std::filesystem::path& file)
{
    const int handle = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
    if (handle < 0)
        return;
    std::unique_lock lock(mutex_);
    while (!changed_.wait_for(lock, between, [this] { return is_over_; })) {
        lock.unlock();
        ::sync_file_range(handle, 0, 0, SYNC_FILE_RANGE_WRITE);
        lock.lock();
    }
    ::close(handle);
}

}  // namespace specsweep::results
