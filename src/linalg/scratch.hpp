#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace specsweep::linalg {

/// Where a routine gets its LAPACK workspace from: called once with the number of doubles, which stay valid until it
/// returns.
using Scratch = std::function<std::span<double>(std::int64_t count)>;

/// Scratch from the heap, for tests and one-off calls.
class HeapScratch {
public:
    std::span<double> operator()(std::int64_t count)
    {
        memory_.resize(static_cast<std::size_t>(count));
        return memory_;
    }
    Scratch scratch()
    {
        return [this](std::int64_t count) { return (*this)(count); };
    }

private:
    std::vector<double> memory_;
};

}  // namespace specsweep::linalg
