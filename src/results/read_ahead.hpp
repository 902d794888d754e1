#pragma once

#include <algorithm>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

namespace specsweep::results {

/// The processors of this process (base/processors.hpp), but few: what they read is written by one thread.
std::size_t reading_threads();

/// Items of the sequences 0, 1, …, made by other threads while one thread takes them in order. What is taken does not
/// depend on the number of threads: thread t makes the sequences t, t + threads, …
template <class Item>
class ReadAhead {
public:
    /// Hands one item on; false: nobody wants more of them.
    using Put = std::function<bool(Item)>;
    /// All items of one sequence. It may throw: next() does so in its place.
    using Make = std::function<void(std::size_t sequence, const Put&)>;

    ReadAhead(std::size_t sequences, Make make, std::size_t threads = reading_threads())
        : make_(std::move(make)), lanes_(std::max<std::size_t>(1, std::min(threads, sequences)))
    {
        for (std::size_t lane = 0; lane < lanes_.size(); ++lane)
            threads_.emplace_back([this, lane, sequences] { work(lane, sequences); });
    }

    ~ReadAhead()
    {
        {
            const std::lock_guard lock(mutex_);
            is_over_ = true;
        }
        changed_.notify_all();
        for (std::thread& thread : threads_)
            thread.join();
    }

    ReadAhead(const ReadAhead&) = delete;
    ReadAhead& operator=(const ReadAhead&) = delete;

    /// The next item of a sequence; nothing at its end. @pre sequences are taken in order, each to its end
    std::optional<Item> next(std::size_t sequence)
    {
        std::unique_lock lock(mutex_);
        std::deque<Entry>& lane = lanes_[sequence % lanes_.size()];
        changed_.wait(lock, [&] { return !lane.empty(); });
        Entry entry = std::move(lane.front());
        lane.pop_front();
        lock.unlock();
        changed_.notify_all();
        if (entry.failure)
            std::rethrow_exception(entry.failure);
        return std::move(entry.item);
    }

private:
    static constexpr std::size_t most_waiting = 4;

    struct Entry {
        std::optional<Item> item;  ///< nothing: the end of a sequence
        std::exception_ptr failure;
    };

    void work(std::size_t lane, std::size_t sequences)
    {
        for (std::size_t sequence = lane; sequence < sequences; sequence += lanes_.size()) {
            Entry last;
            try {
                make_(sequence, [&](Item item) { return put(lane, {std::move(item), nullptr}); });
            } catch (...) {
                last.failure = std::current_exception();
            }
            if (!put(lane, std::move(last)))
                return;
        }
    }

    bool put(std::size_t lane, Entry entry)
    {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return is_over_ || lanes_[lane].size() < most_waiting; });
        if (is_over_)
            return false;
        lanes_[lane].push_back(std::move(entry));
        lock.unlock();
        changed_.notify_all();
        return true;
    }

    Make make_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<std::deque<Entry>> lanes_;
    bool is_over_ = false;
    std::vector<std::thread> threads_;
};

}  // namespace specsweep::results
