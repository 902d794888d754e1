#include "checkpoint/find_packings.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>

#include "base/file.hpp"
#include "base/json.hpp"
#include "checkpoint/packing.hpp"

namespace specsweep::checkpoint {
namespace {

using Shape = std::vector<std::int64_t>;

std::int64_t elements(const TensorLocation& tensor)
{
    std::int64_t count = 1;
    for (const std::int64_t extent : tensor.shape)
        count *= extent;  // the header was checked: shape · bits = 8 · bytes
    return count;
}

std::int64_t up(std::int64_t a, std::int64_t b)
{
    return (a + b - 1) / b;
}

bool is_float(const TensorLocation* tensor)
{
    return tensor != nullptr && is_weight(tensor->dtype) && bits(tensor->dtype) >= 16;
}

/// Looks at one name after another; each layout is one function that returns the packing or nothing.
class Finder {
public:
    Finder(const std::map<std::string, const TensorLocation*, std::less<>>& tensors, const Json& config)
        : tensors_(tensors)
    {
        if (config.is_object() && config.contains("quantization_config") && config["quantization_config"].is_object())
            quantization_ = config["quantization_config"];
    }

    std::optional<Packing> find(const TensorLocation& tensor) const
    {
        const std::string_view name = tensor.name;
        if (name.ends_with(".weight_packed"))
            return tensor.dtype == DType::i32 ? packed_integers(tensor) : nvfp4_divided(tensor);
        if (name.ends_with(".qweight"))
            return tensor.dtype == DType::i32 ? words(tensor) : std::nullopt;
        if (!name.ends_with(".weight"))
            return std::nullopt;
        if (tensor.dtype == DType::i8)
            return plain_integers(tensor);
        if (tensor.dtype == DType::f8_e4m3 || tensor.dtype == DType::f8_e5m2)
            return float8(tensor);
        if (tensor.dtype == DType::u8)
            return other(tensor, ".absmax") != nullptr ? bitsandbytes(tensor) : nvfp4_multiplied(tensor);
        return std::nullopt;
    }

    /// Name of the decoded weight.
    static std::string weight_name(const TensorLocation& codes)
    {
        std::string_view name = codes.name;
        for (const std::string_view end : {".weight_packed", ".qweight", ".weight"})
            if (name.ends_with(end))
                return std::string(name.substr(0, name.size() - end.size())) + ".weight";
        return codes.name;
    }

private:
    const TensorLocation* find(std::string_view name) const
    {
        const auto found = tensors_.find(name);
        return found == tensors_.end() ? nullptr : found->second;
    }

    /// The tensor of the same module whose name ends otherwise: ("a.weight", "_scale") → "a.weight_scale".
    const TensorLocation* other(const TensorLocation& codes, std::string_view ending) const
    {
        return find(weight_name(codes) + std::string(ending));
    }

    const TensorLocation* sibling(const TensorLocation& codes, std::string_view last) const
    {
        const std::string weight = weight_name(codes);
        return find(weight.substr(0, weight.size() - std::string_view("weight").size()) + std::string(last));
    }

    static void add(Packing& packing, const char* role, const TensorLocation* tensor)
    {
        if (tensor != nullptr)
            packing.parts.emplace(role, *tensor);
    }

    /// Sets the tile of weights that share a scale: the tensor, a row, a group of a row, or a block of the size that
    /// config.json tells (128 x 128 when it does not). @return whether the scales have the shape of one of these.
    bool take_scales(Packing& packing, const TensorLocation* scale) const
    {
        if (!is_float(scale))
            return false;
        packing.scale_rows = packing.rows;
        packing.scale_cols = packing.cols;
        if (elements(*scale) == 1)
            return true;
        const Shape& shape = scale->shape;
        if (shape.size() > 2 || shape.empty() || elements(*scale) == 0)
            return false;
        const std::int64_t across = shape.size() == 2 ? shape[1] : 1;
        if (shape[0] == packing.rows && packing.cols % across == 0) {
            packing.scale_rows = 1;
            packing.scale_cols = packing.cols / across;
            return true;
        }
        for (const Shape& block : block_sizes()) {
            packing.scale_rows = block[0];
            packing.scale_cols = block[1];
            if (shape[0] == up(packing.rows, block[0]) && across == up(packing.cols, block[1]))
                return true;
        }
        return false;
    }

    /// What config.json tells about weights, for each group of layers: compressed-tensors.
    std::vector<Json> told_of_weights(const char* key) const
    {
        std::vector<Json> told;
        const auto groups = quantization_.find("config_groups");
        if (groups == quantization_.end() || !groups->is_object())
            return told;
        for (const Json& group : *groups)
            if (group.is_object() && group.contains("weights") && group["weights"].is_object() &&
                group["weights"].contains(key))
                told.push_back(group["weights"][key]);
        return told;
    }

    /// Blocks of FP8 weights: what config.json tells, DeepSeek-V3's otherwise.
    std::vector<Shape> block_sizes() const
    {
        std::vector<Json> told = told_of_weights("block_structure");
        if (quantization_.contains("weight_block_size"))
            told.push_back(quantization_["weight_block_size"]);
        const auto is_extent = [](const Json& extent) { return extent.is_number_integer() && extent >= 1; };
        std::vector<Shape> sizes;
        for (const Json& size : told)
            if (size.is_array() && size.size() == 2 && is_extent(size[0]) && is_extent(size[1]))
                sizes.push_back(size.get<Shape>());
        if (sizes.empty())
            sizes.push_back({128, 128});
        return sizes;
    }

    /// Of a row of `cols` codes in `words` words of 32 bits; 0 when there is none. Short rows may fit several: then
    /// config.json decides, and 4 and 8 come before others.
    std::int64_t bits_of_codes(std::int64_t cols, std::int64_t words) const
    {
        const std::vector<Json> told = told_of_weights("num_bits");
        for (const std::int64_t bits : {4, 8, 1, 2, 3, 5, 6, 7})
            if (up(cols * bits, 32) == words &&
                (told.empty() || std::find(told.begin(), told.end(), Json(bits)) != told.end()))
                return bits;
        return 0;
    }

    std::optional<Packing> packed_integers(const TensorLocation& codes) const
    {
        const TensorLocation* shape = other(codes, "_shape");
        const TensorLocation* scale = other(codes, "_scale");
        if (codes.shape.size() != 2 || shape == nullptr || elements(*shape) != 2)
            return std::nullopt;
        const Shape logical = integers(*shape);
        if (logical.size() != 2 || logical[0] != codes.shape[0] || logical[1] < 1)
            return std::nullopt;
        Packing packing{.kind = PackingKind::packed_integers, .rows = logical[0], .cols = logical[1], .bits = 0};
        packing.bits = bits_of_codes(packing.cols, codes.shape[1]);
        const TensorLocation* zero = other(codes, "_zero_point");
        const TensorLocation* order = other(codes, "_g_idx");
        if (packing.bits == 0 || !take_scales(packing, scale) || (order != nullptr && !fits_order(*order, packing)))
            return std::nullopt;
        const std::int64_t groups = packing.cols / packing.scale_cols;
        if (zero != nullptr && zero->shape != Shape{up(packing.rows * packing.bits, 32), groups} &&
            elements(*zero) != elements(*scale))
            return std::nullopt;
        if (zero != nullptr && zero->dtype != DType::i32 && zero->dtype != DType::i8)
            return std::nullopt;
        add(packing, "codes", &codes);
        add(packing, "scale", scale);
        add(packing, "zero", zero);
        add(packing, "order", order);
        add(packing, "shape", shape);
        return packing;
    }

    std::optional<Packing> plain_integers(const TensorLocation& codes) const
    {
        if (codes.shape.size() != 2)
            return std::nullopt;
        Packing packing{.kind = PackingKind::plain_integers, .rows = codes.shape[0], .cols = codes.shape[1]};
        const TensorLocation* scale = other(codes, "_scale");
        const TensorLocation* zero = other(codes, "_zero_point");
        if (!take_scales(packing, scale) ||
            (zero != nullptr && (zero->dtype != DType::i8 || elements(*zero) != elements(*scale))))
            return std::nullopt;
        add(packing, "codes", &codes);
        add(packing, "scale", scale);
        add(packing, "zero", zero);
        return packing;
    }

    std::optional<Packing> float8(const TensorLocation& codes) const
    {
        if (codes.shape.size() != 2)
            return std::nullopt;
        Packing packing{.kind = PackingKind::float8, .rows = codes.shape[0], .cols = codes.shape[1]};
        const TensorLocation* scale = other(codes, "_scale_inv");  // DeepSeek-V3: inverse in name only
        if (scale == nullptr)
            scale = other(codes, "_scale");
        if (!take_scales(packing, scale))
            return std::nullopt;
        add(packing, "codes", &codes);
        add(packing, "scale", scale);
        return packing;
    }

    std::optional<Packing> nvfp4(const TensorLocation& codes, PackingKind kind, const char* second) const
    {
        if (codes.dtype != DType::u8 || codes.shape.size() != 2)
            return std::nullopt;
        Packing packing{.kind = kind, .rows = codes.shape[0], .cols = 2 * codes.shape[1], .bits = 4};
        const TensorLocation* scale = other(codes, "_scale");
        const TensorLocation* global = other(codes, second);
        if (scale == nullptr || scale->dtype != DType::f8_e4m3 ||
            scale->shape != Shape{packing.rows, up(packing.cols, 16)} || !is_float(global) || elements(*global) != 1)
            return std::nullopt;
        packing.scale_cols = 16;
        add(packing, "codes", &codes);
        add(packing, "scale", scale);
        add(packing, "global", global);
        return packing;
    }

    std::optional<Packing> nvfp4_divided(const TensorLocation& codes) const
    {
        return nvfp4(codes, PackingKind::nvfp4, "_global_scale");
    }

    std::optional<Packing> nvfp4_multiplied(const TensorLocation& codes) const
    {
        return nvfp4(codes, PackingKind::nvfp4_multiplied, "_scale_2");
    }

    /// GPTQ [in·b/32, out] or AWQ [in, out/8]: told apart by the width of the scales [groups, out].
    std::optional<Packing> words(const TensorLocation& codes) const
    {
        const TensorLocation* scale = sibling(codes, "scales");
        const TensorLocation* zero = sibling(codes, "qzeros");
        if (codes.shape.size() != 2 || !is_float(scale) || scale->shape.size() != 2 || zero == nullptr ||
            zero->dtype != DType::i32 || zero->shape.size() != 2 || zero->shape[0] != scale->shape[0] ||
            scale->shape[0] < 1)
            return std::nullopt;
        const std::int64_t out = scale->shape[1];
        Packing packing{.kind = PackingKind::gptq, .rows = out, .cols = 0, .bits = 4};
        add(packing, "codes", &codes);
        add(packing, "scale", scale);
        add(packing, "zero", zero);
        if (codes.shape[1] * 8 == out && zero->shape[1] == codes.shape[1]) {
            packing.kind = PackingKind::awq;
            packing.cols = codes.shape[0];
            packing.scale_cols = packing.cols / scale->shape[0];
            return packing.cols % scale->shape[0] == 0 ? std::optional(packing) : std::nullopt;
        }
        packing.bits = out == 0 ? 0 : zero->shape[1] * 32 / out;
        if (codes.shape[1] != out || (packing.bits != 2 && packing.bits != 4 && packing.bits != 8) ||
            zero->shape[1] != up(out * packing.bits, 32))
            return std::nullopt;
        packing.cols = codes.shape[0] * 32 / packing.bits;
        const TensorLocation* order = sibling(codes, "g_idx");
        if (order != nullptr ? !fits_order(*order, packing) : packing.cols % scale->shape[0] != 0)
            return std::nullopt;
        add(packing, "order", order);
        packing.scale_cols = std::max<std::int64_t>(1, packing.cols / scale->shape[0]);
        packing.zero_offset = quantization_.value("checkpoint_format", "gptq") == "gptq_v2" ? 0 : 1;
        return packing;
    }

    std::optional<Packing> bitsandbytes(const TensorLocation& codes) const
    {
        const TensorLocation* state = other(codes, ".quant_state.bitsandbytes__nf4");
        if (state == nullptr)
            state = other(codes, ".quant_state.bitsandbytes__fp4");
        const TensorLocation* absmax = other(codes, ".absmax");
        const TensorLocation* table = other(codes, ".quant_map");
        if (state == nullptr || table == nullptr || table->dtype != DType::f32 || elements(*table) != 16)
            return std::nullopt;
        const Json told = parse_json(text_of(*state), state->name);
        const Shape shape = told.at("shape").get<Shape>();
        if (shape.size() != 2 || elements(codes) != up(shape[0] * shape[1], 2))
            return std::nullopt;
        Packing packing{.kind = PackingKind::bitsandbytes, .rows = shape[0], .cols = shape[1], .bits = 4};
        packing.block = told.at("blocksize").get<std::int64_t>();
        if (packing.block < 1 || elements(*absmax) != up(shape[0] * shape[1], packing.block))
            return std::nullopt;
        add(packing, "codes", &codes);
        add(packing, "scale", absmax);
        add(packing, "table", table);
        add(packing, "state", state);
        if (absmax->dtype == DType::f32)
            return packing;
        const TensorLocation* nested = other(codes, ".nested_absmax");
        const TensorLocation* nested_table = other(codes, ".nested_quant_map");
        packing.nested_block = told.value("nested_blocksize", std::int64_t{0});
        packing.nested_offset = told.value("nested_offset", 0.0);
        if (absmax->dtype != DType::u8 || packing.nested_block < 1 || nested == nullptr || nested_table == nullptr ||
            nested->dtype != DType::f32 || nested_table->dtype != DType::f32 || elements(*nested_table) != 256 ||
            elements(*nested) != up(elements(*absmax), packing.nested_block))
            return std::nullopt;
        add(packing, "nested_scale", nested);
        add(packing, "nested_table", nested_table);
        return packing;
    }

    static bool fits_order(const TensorLocation& order, const Packing& packing)
    {
        return order.dtype == DType::i32 && order.shape == Shape{packing.cols};
    }

    static std::string text_of(const TensorLocation& tensor)
    {
        std::string text(static_cast<std::size_t>(tensor.bytes), '\0');
        FileDescriptor(tensor.file).read(std::as_writable_bytes(std::span(text)), tensor.offset);
        return text;
    }

    static Shape integers(const TensorLocation& tensor)
    {
        if (tensor.dtype != DType::i64 && tensor.dtype != DType::i32)
            return {};
        const std::string bytes = text_of(tensor);
        Shape values;
        const std::size_t width = tensor.dtype == DType::i64 ? 8 : 4;
        for (std::size_t begin = 0; begin < bytes.size(); begin += width) {
            std::uint64_t value = 0;
            for (std::size_t i = width; i-- > 0;)
                value = value << 8 | static_cast<unsigned char>(bytes[begin + i]);
            values.push_back(width == 8 ? static_cast<std::int64_t>(value)
                                        : static_cast<std::int64_t>(static_cast<std::int32_t>(value)));
        }
        return values;
    }

    const std::map<std::string, const TensorLocation*, std::less<>>& tensors_;
    Json quantization_ = Json::object();
};

}  // namespace

std::vector<TensorLocation> with_packings(std::vector<TensorLocation> tensors, const Json& config)
{
    std::map<std::string, const TensorLocation*, std::less<>> by_name;
    for (const TensorLocation& tensor : tensors)
        by_name.emplace(tensor.name, &tensor);
    const Finder finder(by_name, config);
    std::set<std::string> parts;
    std::vector<TensorLocation> decoded;
    for (const TensorLocation& tensor : tensors)
        if (auto packing = finder.find(tensor)) {
            for (const auto& [role, part] : packing->parts)
                parts.insert(part.name);
            TensorLocation weight = tensor;
            weight.name = Finder::weight_name(tensor);
            weight.dtype = DType::f32;
            weight.shape = {packing->rows, packing->cols};
            weight.packing = std::make_shared<const Packing>(*std::move(packing));
            decoded.push_back(std::move(weight));
        }
    if (decoded.empty())
        return tensors;
    std::vector<TensorLocation> all;
    for (const TensorLocation& tensor : tensors)
        if (!parts.contains(tensor.name))
            all.push_back(tensor);
    for (TensorLocation& weight : decoded)
        all.push_back(std::move(weight));
    return all;
}

}  // namespace specsweep::checkpoint
