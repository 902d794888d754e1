#include "quantize/formats/all.hpp"
#include "quantize/formats/ggml_search.hpp"
#include "quantize/row_block_quantizer.hpp"

namespace specsweep::quantize {

namespace {

BlockStorage whole_blocks(std::int64_t length, double element_bits, double block_bits)
{
    return {.block = {.kind = Block::Kind::run, .rows = 1, .cols = length},
            .element_bits = element_bits,
            .block_bits = block_bits,
            .whole_blocks_of = length};
}

Format search_format(std::string name, std::string summary, const BlockStorage& storage,
                     RowBlockQuantizer::DecodeBlocks decode)
{
    return {
        .name = std::move(name),
        .summary = std::move(summary),
        .source = "quantization.md §5.7; ggml-quants.c, without importance matrix",
        .parameters = {},
        .make = [=](const Arguments& arguments) -> std::unique_ptr<const Quantizer> {
            return std::make_unique<RowBlockQuantizer>(arguments.canonical(), storage, decode);
        },
    };
}

Format iq4_nl_format()
{
    Format format = search_format("iq4_nl", "llama.cpp's iq4_nl: 16 unequal levels, blocks of 32",
                                  whole_blocks(32, 4, 16), nullptr);
    format.parameters = {choice("search", {"full", "reference"})};
    format.make = [](const Arguments& arguments) -> std::unique_ptr<const Quantizer> {
        return std::make_unique<RowBlockQuantizer>(
            arguments.canonical(), whole_blocks(32, 4, 16),
            arguments.is("search", "full") ? decode_iq4_nl : decode_iq4_nl_reference);
    };
    return format;
}

}  // namespace

std::vector<Format> ggml_search_formats()
{
    std::vector<Format> formats;
    formats.push_back(iq4_nl_format());
    // Block bits: 8 × (6 + 6) and two fp16; 16 × 8 and one fp16.
    formats.push_back(search_format("q4_k", "llama.cpp's q4_K: scales and minima in 6 bits, super-blocks of 256",
                                    whole_blocks(256, 4, 96 + 32), decode_q4_k));
    formats.push_back(search_format("q6_k", "llama.cpp's q6_K: scales in 8 bits, super-blocks of 256",
                                    whole_blocks(256, 6, 128 + 16), decode_q6_k));
    return formats;
}

}  // namespace specsweep::quantize
