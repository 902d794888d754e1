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
    if (offset != begin_ + std::ssize(sigma_) || std::ssize(sigma_) >= window)
        flush();
    if (sigma_.empty())
        begin_ = offset;
    sigma_.insert(sigma_.end(), stretch.sigma.begin(), stretch.sigma.end());
    error_.insert(error_.end(), stretch.error.begin(), stretch.error.end());
}

void SpectrumWriter::flush()
{
    columns_.write(begin_, sigma_, error_);
    sigma_.clear();
    error_.clear();
}

}  // namespace specsweep::results
