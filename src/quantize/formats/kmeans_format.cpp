#include <algorithm>

#include "quantize/block_quantizer.hpp"
#include "quantize/formats/all.hpp"
#include "quantize/formats/column_sort.hpp"
#include "quantize/formats/optimal_clusters.hpp"

namespace specsweep::quantize {

namespace {

/// The best 2^b levels of each block, by exact one-dimensional k-means; a weight in the middle of two goes to the lower
/// one. A codebook is 2^b fp32 numbers a block. block=tensor wants the matrix in one panel.
class KMeans final : public BlockFormatQuantizer {
public:
    KMeans(std::string text, const BlockStorage& storage, int bits)
        : BlockFormatQuantizer(std::move(text), storage, StatisticsNeed::none), clusters_(1 << bits)
    {
    }

    StatisticsNeed needs() const override { return StatisticsNeed::none; }

    std::int64_t row_alignment(std::int64_t cols) const override
    {
        return block().kind == Block::Kind::tensor ? std::int64_t{1} << 40 : block_row_alignment(block(), cols);
    }

    std::optional<std::string> refuses(std::int64_t rows, std::int64_t cols) const override
    {
        if (block().kind == Block::Kind::tensor && rows * cols > (std::int64_t{1} << 28) / clusters_)
            return "one codebook for so many weights needs more than a gigabyte; use block=channel";
        return std::nullopt;
    }

private:
    QuantizationCounts quantize(const Panel& in, float* out, const TensorStatistics&, Trace* trace) const override
    {
        if (trace != nullptr)
            trace->codes.resize(trace->codes.size() + static_cast<std::size_t>(in.rows * in.cols));
        float* codes = trace == nullptr ? nullptr : trace->codes.data() + trace->codes.size() - in.rows * in.cols;
        QuantizationCounts counts;
        OptimalClusters optimal(clusters_);
        ColumnSort sorter;
        std::vector<float> values;
        const std::vector<Tile> tiles = tiles_of(in);
        for (std::size_t first = 0; first < tiles.size();) {
            std::size_t end = first;
            for (values.clear(); end < tiles.size() && end < first + ColumnSort::most_sets &&
                                 tiles[end].weights() == tiles[first].weights();
                 ++end)
                append(in, tiles[end], values);
            sorter.sort(values, tiles[first].weights());
            for (const float* sorted = values.data(); first < end; ++first) {
                const auto weights = static_cast<std::size_t>(tiles[first].weights());
                const std::span<const float> centroids = optimal.centroids({sorted, weights});
                decode(in, tiles[first], centroids, out, codes, counts);
                if (trace != nullptr)
                    trace->scales.insert(trace->scales.end(), centroids.begin(), centroids.end());
                sorted += weights;
            }
        }
        return counts;
    }

    /// One block.
    struct Tile {
        std::int64_t row, col, rows, cols;

        std::int64_t weights() const { return rows * cols; }
    };

    std::vector<Tile> tiles_of(const Panel& in) const
    {
        const bool tensor = block().kind == Block::Kind::tensor;
        const std::int64_t rows = tensor ? in.rows : block().rows;
        const std::int64_t cols = tensor || block().kind == Block::Kind::channel ? in.cols : block().cols;
        std::vector<Tile> tiles;
        for (std::int64_t row = 0; row < in.rows; row += rows)
            for (std::int64_t col = 0; col < in.cols; col += cols)
                tiles.push_back({row, col, std::min(rows, in.rows - row), std::min(cols, in.cols - col)});
        return tiles;
    }

    static void append(const Panel& in, const Tile& tile, std::vector<float>& values)
    {
        for (std::int64_t row = tile.row; row < tile.row + tile.rows; ++row) {
            const float* weights = in.values + row * in.cols + tile.col;
            values.insert(values.end(), weights, weights + tile.cols);
        }
    }

    static void decode(const Panel& in, const Tile& tile, std::span<const float> centroids, float* out, float* codes,
                       QuantizationCounts& counts)
    {
        for (std::int64_t row = tile.row; row < tile.row + tile.rows; ++row)
            for (std::int64_t at = row * in.cols + tile.col; at < row * in.cols + tile.col + tile.cols; ++at) {
                const std::size_t code = nearest(centroids, in.values[at]);
                out[at] = centroids[code] + 0.0F;
                counts.zeroed += in.values[at] != 0 && out[at] == 0 ? 1 : 0;
                if (codes != nullptr)
                    codes[at] = static_cast<float>(code);
            }
    }

    /// By halving without branches, which no data can mispredict, down to two neighbours.
    static std::size_t nearest(std::span<const float> centroids, float w)
    {
        std::size_t below = 0;  // centroids[below] < w, or below = 0
        for (std::size_t left = centroids.size() - 1; left > 1; left -= left / 2)
            below += centroids[below + left / 2] < w ? left / 2 : 0;
        if (below + 1 == centroids.size())
            return below;
        const double lower = centroids[below];
        const double upper = centroids[below + 1];
        return below + (w - lower <= upper - w ? 0 : 1);
    }

    int clusters_;
};

}  // namespace

Format kmeans_format()
{
    return {
        .name = "kmeans",
        .summary = "the best 2^b levels of each block, by exact k-means",
        .source = "quantization.md §5.5; SqueezeLLM without its weights",
        .parameters = {integer("bits", 4, 1, 8),
                       block("channel", RunStyle::length, "tensor | channel | N | RxC, of 8 weights at least",
                             [](const Block& block) {
                                 return block.kind == Block::Kind::tensor || block.kind == Block::Kind::channel ||
                                        block.rows * block.cols >= 8;
                             })},
        .make = [](const Arguments& arguments) -> std::unique_ptr<const Quantizer> {
            const int bits = arguments.integer("bits");
            const BlockStorage storage{
                .block = arguments.block("block"), .element_bits = 1.0 * bits, .block_bits = 32.0 * (1 << bits)};
            return std::make_unique<KMeans>(arguments.canonical(), storage, bits);
        },
    };
}

}  // namespace specsweep::quantize
