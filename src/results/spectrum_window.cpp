#include "results/spectrum_window.hpp"

#include <algorithm>

namespace specsweep::results {

namespace {

constexpr std::int64_t window = std::int64_t{1} << 15U;  // two times 256 KiB stay in the cache

}  // namespace

SpectrumStretch SpectrumReader::read(std::int64_t offset, std::int64_t count)
{
    if (offset < begin_ || offset + count > begin_ + std::ssize(sigma_)) {
        const auto size = static_cast<std::size_t>(std::min(std::max(window, count), columns_.total() - offset));
        begin_ = offset;
        sigma_.resize(size);
        error_.resize(size);
        columns_.read(offset, sigma_, error_);
    }
    const auto at = static_cast<std::size_t>(offset - begin_);
    const auto length = static_cast<std::size_t>(count);
    return {std::span(sigma_).subspan(at, length), std::span(error_).subspan(at, length)};
}

void SpectrumWriter::write(std::int64_t offset, const SpectrumStretch& stretch)
{
    const auto follows = [](std::span<const double> before, std::span<const double> after) {
        return before.data() + before.size() == after.data();
    };
    const bool goes_on = offset == begin_ + std::ssize(pending_.sigma) && follows(pending_.sigma, stretch.sigma) &&
                         follows(pending_.error, stretch.error);
    if (goes_on) {
        pending_ = {{pending_.sigma.data(), pending_.sigma.size() + stretch.sigma.size()},
                    {pending_.error.data(), pending_.error.size() + stretch.error.size()}};
        return;
    }
    flush();
    begin_ = offset;
    pending_ = stretch;
}

void SpectrumWriter::flush()
{
    columns_.write(begin_, pending_.sigma, pending_.error);
    pending_ = {};
}

}  // namespace specsweep::results
