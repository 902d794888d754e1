#include "checkpoint/skip_reason.hpp"

#include <algorithm>
#include <cctype>
#include <string_view>

#include "base/format.hpp"
#include "base/text.hpp"

namespace specsweep::checkpoint {
namespace {

bool contains(std::string_view text, std::string_view part)
{
    return text.find(part) != std::string_view::npos;
}

std::string lower(std::string_view text)
{
    std::string result(text);
    std::transform(result.begin(), result.end(), result.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return result;
}

bool is_integer(DType type)
{
    switch (type) {
        case DType::u8:
        case DType::i8:
        case DType::u16:
        case DType::i16:
        case DType::u32:
        case DType::i32:
        case DType::u64:
        case DType::i64:
            return true;
        default:
            return false;
    }
}

/// A component that says normalisation: "norm", "q_norm", "LayerNorm", "ln_1", "ln_f".
bool names_a_norm(std::string_view name)
{
    for (const std::string& component : split(name, '.'))
        if (contains(component, "norm") || component == "ln" || component.substr(0, 3) == "ln_" ||
            (component.size() == 3 && component.substr(0, 2) == "ln"))
            return true;
    return false;
}

std::optional<std::string> reason_of_dtype(DType type)
{
    if (type == DType::boolean)
        return "buffer: boolean mask";
    if (is_integer(type))
        return "integer tensor";
    if (!is_weight(type))
        return fmt::format("no weight dtype ({})", specsweep::name(type));
    return std::nullopt;
}

std::optional<std::string> reason_of_name(std::string_view name, std::size_t dimensions)
{
    const std::string_view last = name.substr(name.rfind('.') + 1);
    if (dimensions < 2 && names_a_norm(name))
        return "norm";
    if (last == "bias" || (last.size() > 5 && last.substr(last.size() - 5) == "_bias"))
        return dimensions > 2 ? "buffer: attention mask" : "bias";
    if (contains(last, "inv_freq") || contains(last, "cos_cached") || contains(last, "sin_cached"))
        return "buffer: rotary frequencies";
    if (contains(last, "mask"))
        return "buffer: attention mask";
    return std::nullopt;
}

}  // namespace

std::optional<std::string> skip_reason(const TensorLocation& tensor)
{
    if (auto reason = reason_of_dtype(tensor.dtype))
        return reason;
    if (tensor.shape.empty())
        return "scalar";
    if (auto reason = reason_of_name(lower(tensor.name), tensor.shape.size()))
        return reason;
    if (tensor.shape.size() != 2)
        return "not 2-D";
    if (tensor.shape[0] == 0 || tensor.shape[1] == 0)
        return fmt::format("empty matrix ({} x {})", tensor.shape[0], tensor.shape[1]);
    return std::nullopt;
}

}  // namespace specsweep::checkpoint
