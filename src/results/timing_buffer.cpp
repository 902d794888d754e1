#include "results/timing_buffer.hpp"

namespace specsweep::results {

void TimingBuffer::add(TimingStore& store, std::int64_t row, const Timing& timing)
{
    rows_.push_back(row);
    timings_.push_back(timing);
    if (since_.seconds() >= longest_delay_seconds)
        flush(store);
}

void TimingBuffer::flush(TimingStore& store)
{
    store.write(rows_, timings_);
    rows_.clear();
    timings_.clear();
    since_.restart();
}

}  // namespace specsweep::results
