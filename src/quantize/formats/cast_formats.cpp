#include "quantize/cast_quantizer.hpp"
#include "quantize/formats/all.hpp"

namespace specsweep::quantize {

namespace {

/// Rounding to a storage type alone: the cheapest quantizers, and the control group.
Format cast_format(std::string name, CastType type, std::string summary)
{
    return {
        .name = std::move(name),
        .summary = std::move(summary),
        .source = "IEEE 754 binary16; bfloat16",
        .parameters = {},
        .make = [type](const Arguments& arguments) { return make_cast(arguments.canonical(), type); },
    };
}

}  // namespace

Format bf16_format()
{
    return cast_format("bf16", CastType::bf16, "rounded to bfloat16, nearest, ties to even");
}

Format fp16_format()
{
    return cast_format("fp16", CastType::fp16, "rounded to binary16, nearest, ties to even, saturating at 65504");
}

}  // namespace specsweep::quantize
