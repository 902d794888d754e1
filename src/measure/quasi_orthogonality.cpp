#include "measure/quasi_orthogonality.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include "measure/direction_source.hpp"
#include "metrics/counter_random.hpp"
#include "spectrum/row_gram.hpp"

namespace specsweep::measure {
namespace {

constexpr std::int64_t panel_rows = 256;

/// Whether row i is among the `most` rows with the smallest random words: a sample that no order of reading changes.
std::vector<bool> chosen_rows(std::int64_t rows, std::int64_t most, std::uint64_t seed)
{
    std::vector<bool> chosen(static_cast<std::size_t>(rows), rows <= most);
    if (rows <= most)
        return chosen;
    const metrics::CounterRandom random(seed, 1);
    std::vector<std::uint64_t> words;
    for (std::int64_t i = 0; i < rows; ++i)
        words.push_back(random.word(static_cast<std::uint64_t>(i)));
    std::vector<std::uint64_t> sorted = words;
    std::nth_element(sorted.begin(), sorted.begin() + most, sorted.end());
    const std::uint64_t limit = sorted[static_cast<std::size_t>(most)];
    for (std::size_t i = 0; i < words.size(); ++i)
        chosen[i] = words[i] < limit;
    return chosen;
}

std::int64_t sampled_rows(std::int64_t cols)
{
    constexpr std::int64_t most_elements = (std::int64_t{32} << 20) / static_cast<std::int64_t>(sizeof(float));
    return std::min(most_sampled_rows, std::max<std::int64_t>(2, most_elements / std::max<std::int64_t>(1, cols)));
}

/// sum += x, and x rounded to fp32. @returns whether any entry is not zero. The same bits in each clone.
__attribute__((target_clones("avx512f", "avx2", "default"))) bool add_and_round(const double* x, double* sum,
                                                                                float* rounded, std::size_t n)
{
    double greatest = 0;
    for (std::size_t c = 0; c < n; ++c) {
        sum[c] += x[c];
        rounded[c] = static_cast<float>(x[c]);
        greatest = greatest < std::abs(x[c]) ? std::abs(x[c]) : greatest;
    }
    return greatest > 0;
}

/// Sixteen running sums, so that additions do not wait for one another. The same bits in each clone.
__attribute__((target_clones("avx512f", "avx2", "default"))) float dot(const float* a, const float* b, std::size_t n)
{
    constexpr std::size_t lanes = 16;
    float sums[lanes] = {};
    const std::size_t whole = n / lanes * lanes;
    for (std::size_t c = 0; c < whole; c += lanes)
        for (std::size_t lane = 0; lane < lanes; ++lane)
            sums[lane] += a[c + lane] * b[c + lane];
    for (std::size_t c = whole; c < n; ++c)
        sums[c - whole] += a[c] * b[c];
    for (std::size_t half = lanes / 2; half > 0; half /= 2)
        for (std::size_t lane = 0; lane < half; ++lane)
            sums[lane] += sums[lane + half];
    return sums[0];
}

/// One pass over the directions.
struct Directions {
    std::int64_t rows = 0;
    std::vector<double> sum;
    std::vector<float> sample;  ///< chosen rows of length one, one after another
    double fourth = 0;          ///< Σ s_k⁴

    Directions(DirectionSource& source, std::uint64_t seed, spectrum::Workspace& workspace)
        : sum(static_cast<std::size_t>(source.cols()), 0.0)
    {
        std::optional<spectrum::RowGram> gram;
        if (source.rows() >= source.cols())
            gram.emplace(source.cols(), workspace);
        const std::vector<bool> chosen = chosen_rows(source.rows(), sampled_rows(source.cols()), seed);
        std::vector<double> panel(static_cast<std::size_t>(std::min(panel_rows, source.rows()) * source.cols()));
        std::vector<float> rounded(panel.size());
        const auto kept = static_cast<std::size_t>(std::count(chosen.begin(), chosen.end(), true));
        sample.reserve(kept * sum.size());  // growing would hold it twice
        for (std::int64_t row = 0; row < source.rows(); row += panel_rows) {
            const std::int64_t count = std::min(panel_rows, source.rows() - row);
            source.read(row, count, panel.data());
            for (std::int64_t r = 0; r < count; ++r)
                add(panel.data() + r * source.cols(), rounded.data() + r * source.cols(),
                    chosen[static_cast<std::size_t>(row + r)]);
            if (gram)
                gram->add(rounded.data(), count);
        }
        fourth = gram ? gram->frobenius_squared() : fourth_of_few_rows(source, workspace);
    }

private:
    /// Fewer rows than columns: their spectrum is the smaller task.
    static double fourth_of_few_rows(DirectionSource& source, spectrum::Workspace& workspace)
    {
        spectrum::SpectrumRequest request;
        request.accurate_path = spectrum::AccuratePath::never;
        const spectrum::Spectrum spectrum = spectrum::compute_spectrum(source, request, workspace);
        double sum = 0;
        for (auto s = spectrum.sigma.rbegin(); s != spectrum.sigma.rend(); ++s)
            sum += (*s * *s) * (*s * *s);
        return sum;
    }

    void add(const double* direction, float* rounded, bool keep)
    {
        if (!add_and_round(direction, sum.data(), rounded, sum.size()))
            return;
        ++rows;
        if (keep)
            sample.insert(sample.end(), rounded, rounded + sum.size());
    }
};

/// Counts pairs by their cosines.
class PairCount {
public:
    explicit PairCount(std::size_t cols) : scale_(std::sqrt(static_cast<double>(cols))) {}

    void add(float cosine)
    {
        const double scaled = static_cast<double>(cosine) * scale_;
        for (std::size_t t = 0; t < below_.size(); ++t)
            below_[t] += std::abs(scaled) < static_cast<double>(t + 1);
        ++histogram_[metrics::cosine_bin(scaled)];
        ++pairs_;
    }

    void store(CosineStatistics& result) const
    {
        result.pairs = pairs_;
        result.histogram = histogram_;
        for (std::size_t t = 0; t < below_.size(); ++t)
            result.share[t] = static_cast<double>(below_[t]) / static_cast<double>(pairs_);
    }

private:
    double scale_;
    std::array<std::int64_t, 3> below_{};
    metrics::CosineCounts histogram_{};
    std::int64_t pairs_ = 0;
};

/// Every pair of the sample, in tiles that a cache holds.
void count_all(PairCount& count, const std::vector<float>& sample, std::size_t cols)
{
    constexpr std::size_t tile = 64;
    const std::size_t rows = sample.size() / cols;
    for (std::size_t top = 0; top < rows; top += tile)
        for (std::size_t left = 0; left <= top; left += tile)
            for (std::size_t i = top; i < std::min(rows, top + tile); ++i)
                for (std::size_t j = left; j < std::min(i, left + tile); ++j)
                    count.add(dot(sample.data() + i * cols, sample.data() + j * cols, cols));
}

/// All pairs where there are at most sampled_pairs, a sample otherwise.
void count_sampled(PairCount& count, const std::vector<float>& sample, std::size_t cols, std::uint64_t seed)
{
    const std::uint64_t rows = sample.size() / cols;
    const auto look = [&](std::uint64_t i, std::uint64_t j) {
        count.add(dot(sample.data() + i * cols, sample.data() + j * cols, cols));
    };
    if (rows * (rows - 1) / 2 <= static_cast<std::uint64_t>(sampled_pairs)) {
        for (std::uint64_t i = 0; i < rows; ++i)
            for (std::uint64_t j = 0; j < i; ++j)
                look(i, j);
        return;
    }
    const metrics::CounterRandom random(seed, 2);
    std::vector<std::pair<std::uint64_t, std::uint64_t>> drawn;
    drawn.reserve(static_cast<std::size_t>(sampled_pairs));
    for (std::int64_t pair = 0; pair < sampled_pairs; ++pair) {
        const auto word = static_cast<std::uint64_t>(pair) * 2;
        const std::uint64_t i = random.below(word, rows);
        std::uint64_t j = random.below(word + 1, rows - 1);
        j += j >= i;
        drawn.emplace_back(i, j);
    }
    std::sort(drawn.begin(), drawn.end());  // the rows lie far apart in memory; counting needs no order
    for (const auto& [i, j] : drawn)
        look(i, j);
}

void look_at_pairs(CosineStatistics& result, const Directions& directions, std::uint64_t seed, Pairs pairs)
{
    const std::size_t cols = directions.sum.size();
    if (directions.sample.size() / cols < 2)
        return;
    PairCount count(cols);
    if (pairs == Pairs::all)
        count_all(count, directions.sample, cols);
    else
        count_sampled(count, directions.sample, cols, seed);
    count.store(result);
}

CosineStatistics cosine_statistics(DirectionSource& directions, std::uint64_t seed, spectrum::Workspace& workspace,
                                   Pairs pairs)
{
    constexpr double nan = std::numeric_limits<double>::quiet_NaN();
    const Directions pass(directions, seed, workspace);
    CosineStatistics result;
    result.rows = pass.rows;
    result.mean = result.mean_square = nan;
    result.share.fill(nan);
    if (pass.rows < 2)
        return result;
    const auto v = static_cast<double>(pass.rows);
    double length_squared = 0;
    for (const double s : pass.sum)
        length_squared += s * s;
    result.mean = (length_squared - v) / (v * (v - 1));
    result.mean_square = (pass.fourth - v) / (v * (v - 1));
    look_at_pairs(result, pass, seed, pairs);
    return result;
}

}  // namespace

AngleMeasurement measure_angles(spectrum::PanelSource& source, std::uint64_t seed, spectrum::Workspace& workspace,
                                Pairs pairs)
{
    AngleMeasurement result;
    RowMean summed(source);
    DirectionSource raw(summed, {});
    result.raw = cosine_statistics(raw, seed, workspace, pairs);
    DirectionSource centred(source, summed.mean());
    result.centred = cosine_statistics(centred, seed, workspace, pairs);
    return result;
}

}  // namespace specsweep::measure
