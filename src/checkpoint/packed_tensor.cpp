#include "checkpoint/packed_tensor.hpp"

#include <array>

#include "base/format.hpp"

namespace specsweep::checkpoint {
namespace {

constexpr const char* scales_reason = "scales of a packed quantized tensor";

bool ends_with(std::string_view text, std::string_view end)
{
    return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

/// Codes are at most 8 bits wide, or several of them in an integer word.
bool may_hold_codes(DType type)
{
    return type != DType::boolean && (bits(type) <= 8 || !(is_weight(type) || type == DType::c64));
}

/// The tensor that says that `tensor` holds codes; "" when its own name says it.
std::optional<std::string> scales_of(const TensorLocation& tensor, const FindTensor& find)
{
    const std::string& name = tensor.name;
    const auto base = [&](std::string_view end) { return name.substr(0, name.size() - end.size()); };
    if (ends_with(name, "_blocks") && find(base("_blocks") + "_scales") != nullptr)
        return base("_blocks") + "_scales";
    if (ends_with(name, ".qweight") || ends_with(name, ".qzeros") || ends_with(name, "_packed"))
        return "";
    for (const char* scale : {"_scale", "_scale_inv", ".absmax"})
        if (find(name + scale) != nullptr)
            return name + scale;
    if (ends_with(name, ".weight"))
        for (const char* scale : {".SCB", ".scales"})
            if (find(base(".weight") + scale) != nullptr)
                return base(".weight") + scale;
    return std::nullopt;
}

bool holds_codes(const TensorLocation* tensor, const FindTensor& find)
{
    return tensor != nullptr && may_hold_codes(tensor->dtype) && scales_of(*tensor, find).has_value();
}

bool is_companion(const std::string& name, const FindTensor& find)
{
    struct Ending {
        const char* end;
        const char* main;  ///< what stands in its place in the name of the packed tensor
    };
    constexpr std::array endings{
        Ending{"_scales", "_blocks"},
        Ending{"_scale", ""},
        Ending{"_scale", "_packed"},
        Ending{"_scale_inv", ""},
        Ending{"_scale_2", ""},
        Ending{"_zero_point", ""},
        Ending{"_zero_point", "_packed"},
        Ending{"_shape", "_packed"},
        Ending{"_global_scale", "_packed"},
        Ending{"_g_idx", "_packed"},
        Ending{".scales", ".qweight"},
        Ending{".qzeros", ".qweight"},
        Ending{".g_idx", ".qweight"},
        Ending{".scales", ".weight"},
        Ending{".biases", ".weight"},
        Ending{".SCB", ".weight"},
        Ending{".weight_format", ".weight"},
        Ending{".absmax", ""},
        Ending{".quant_map", ""},
        Ending{".nested_absmax", ""},
        Ending{".nested_quant_map", ""},
        Ending{".quant_state.bitsandbytes__nf4", ""},
        Ending{".quant_state.bitsandbytes__fp4", ""},
    };
    for (const Ending& ending : endings)
        if (ends_with(name, ending.end) &&
            holds_codes(find(name.substr(0, name.size() - std::string_view(ending.end).size()) + ending.main), find))
            return true;
    return false;
}

}  // namespace

std::optional<std::string> packed_reason(const TensorLocation& tensor, const FindTensor& find)
{
    if (is_companion(tensor.name, find))
        return scales_reason;
    if (!may_hold_codes(tensor.dtype))
        return std::nullopt;
    const std::string_view type = specsweep::name(tensor.dtype);
    if (const auto scales = scales_of(tensor, find))
        return scales->empty() ? fmt::format("packed quantized tensor ({} codes)", type)
                               : fmt::format("packed quantized tensor ({} codes, scales in {})", type, *scales);
    if (ends_with(tensor.name, ".weight") && tensor.shape.size() >= 2 && !is_weight(tensor.dtype))
        return fmt::format("packed quantized tensor ({} codes)", type);
    return std::nullopt;
}

}  // namespace specsweep::checkpoint
