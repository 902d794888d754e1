#include <algorithm>
#include <numeric>

#include "base/error.hpp"
#include "quantize/block_quantizer.hpp"
#include "quantize/formats/all.hpp"
#include "quantize/formats/double_quantizer.hpp"
#include "quantize/formats/nf4_tables.hpp"
#include "quantize/formats/table_scheme.hpp"

namespace specsweep::quantize {

namespace {

using Table = TableScheme<16>;

Table table_of(const std::array<float, 16>& levels)
{
    Table scheme{.table = LevelTable<16>::with_midpoints(levels), .codes = {}};
    std::iota(scheme.codes.begin(), scheme.codes.end(), 0);
    return scheme;
}

std::unique_ptr<const Quantizer> made(const Arguments& arguments, const Table& scheme)
{
    Block block = arguments.block("block");
    if (arguments.is("layout", "flat"))
        block.kind = Block::Kind::flat;
    const BlockStorage storage{.block = block, .element_bits = 4, .block_bits = 32};
    if (arguments.is("double", "none"))
        return make_block_quantizer(arguments.canonical(), scheme, storage);
    const auto rule = arguments.is("double", "lut") ? DoubleRule::lut : DoubleRule::midpoint;
    return std::make_unique<DoubleQuantizer<Table>>(arguments.canonical(), scheme, storage, rule);
}

Format table_format(std::string name, std::string summary, const Table& scheme)
{
    return {
        .name = std::move(name),
        .summary = std::move(summary),
        .source = "quantization.md §5.1, §5.2; bitsandbytes",
        .parameters = {block("64", RunStyle::length, "N of 8 at least",
                             [](const Block& block) { return block.kind == Block::Kind::run && block.cols >= 8; }),
                       choice("layout", {"flat", "rows"}), choice("double", {"none", "midpoint", "lut"})},
        .make = [scheme](const Arguments& arguments) { return made(arguments, scheme); },
        .check =
            [](const Arguments& arguments) {
                if (!arguments.is("double", "none") && arguments.is("layout", "rows"))
                    throw UsageError("quantizer \"" + arguments.canonical() + "\" is not possible",
                                     "double quantization groups the scales of the flattened matrix",
                                     "remove layout=rows or double=" + arguments["double"]);
            },
        .levels =
            [scheme](const Arguments&) {
                std::vector<float> levels(scheme.table.levels.begin(), scheme.table.levels.end());
                levels.erase(std::unique(levels.begin(), levels.end()), levels.end());
                return levels;
            },
    };
}

}  // namespace

std::vector<Format> table_formats()
{
    Table fp4 = table_of(bnb_fp4_levels);
    fp4.codes = bnb_fp4_codes;
    std::vector<Format> formats;
    formats.push_back(
        table_format("nf4", "16 quantiles of the normal distribution, absmax scaled", table_of(nf4_levels)));
    formats.push_back(table_format("af4", "16 levels that minimise the mean absolute error of absmax-scaled normals",
                                   table_of(af4_levels)));
    formats.push_back(table_format("bnb-fp4", "bitsandbytes' 4-bit float (not E2M1), absmax scaled", fp4));
    return formats;
}

}  // namespace specsweep::quantize
