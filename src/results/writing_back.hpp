#pragma once

#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <thread>

namespace specsweep::results {

/// As long as it lives, a thread has the system write to the disk what somebody else writes to a file, so that fsync
/// waits less at the end. A wish: where the system cannot, nothing happens.
class WritingBack {
public:
    /// @pre the file is there
    explicit WritingBack(const std::filesystem::path& file);
    ~WritingBack();
    WritingBack(const WritingBack&) = delete;
    WritingBack& operator=(const WritingBack&) = delete;

private:
    void work(const std::filesystem::path& file);

    std::mutex mutex_;
    std::condition_variable changed_;
    bool is_over_ = false;
    std::thread thread_;
};

}  // namespace specsweep::results
