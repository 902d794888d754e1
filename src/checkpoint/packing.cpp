#include "checkpoint/packing.hpp"

#include <array>
#include <utility>

#include "base/error.hpp"
#include "base/json.hpp"
#include "checkpoint/location_json.hpp"

namespace specsweep::checkpoint {
namespace {

constexpr std::array<std::pair<PackingKind, std::string_view>, 8> names{{
    {PackingKind::packed_integers, "compressed-tensors-packed"},
    {PackingKind::plain_integers, "compressed-tensors-integers"},
    {PackingKind::float8, "fp8"},
    {PackingKind::nvfp4, "compressed-tensors-nvfp4"},
    {PackingKind::nvfp4_multiplied, "modelopt-nvfp4"},
    {PackingKind::gptq, "gptq"},
    {PackingKind::awq, "awq"},
    {PackingKind::bitsandbytes, "bitsandbytes"},
}};

PackingKind kind_named(std::string_view text)
{
    for (const auto& [kind, known] : names)
        if (known == text)
            return kind;
    throw InputError("a packed tensor is of an unknown kind", std::string(text), "plan again with this version");
}

}  // namespace

const TensorLocation* Packing::part(std::string_view role) const
{
    const auto found = parts.find(role);
    return found == parts.end() ? nullptr : &found->second;
}

double Packing::stored_bits_per_weight() const
{
    double bytes = 0;
    for (const auto& [role, location] : parts)
        bytes += static_cast<double>(location.bytes);
    return 8 * bytes / (static_cast<double>(rows) * static_cast<double>(cols));
}

std::string_view name(PackingKind kind)
{
    for (const auto& [known, text] : names)
        if (known == kind)
            return text;
    return {};
}

std::string packing_text(const Packing& packing)
{
    Json parts = Json::object();
    for (const auto& [role, location] : packing.parts)
        parts[role] = location_json(location);
    return canonical_json({{"kind", std::string(name(packing.kind))},
                           {"rows", packing.rows},
                           {"cols", packing.cols},
                           {"bits", packing.bits},
                           {"scale_rows", packing.scale_rows},
                           {"scale_cols", packing.scale_cols},
                           {"zero_offset", packing.zero_offset},
                           {"block", packing.block},
                           {"nested_block", packing.nested_block},
                           {"nested_offset", packing.nested_offset},
                           {"parts", parts}});
}

std::shared_ptr<const Packing> packing_from_text(std::string_view text)
{
    const Json json = parse_json(text, "packed tensor");
    auto packing = std::make_shared<Packing>();
    packing->kind = kind_named(json.at("kind").get<std::string>());
    packing->rows = json.at("rows").get<std::int64_t>();
    packing->cols = json.at("cols").get<std::int64_t>();
    packing->bits = json.at("bits").get<std::int64_t>();
    packing->scale_rows = json.at("scale_rows").get<std::int64_t>();
    packing->scale_cols = json.at("scale_cols").get<std::int64_t>();
    packing->zero_offset = json.at("zero_offset").get<std::int64_t>();
    packing->block = json.at("block").get<std::int64_t>();
    packing->nested_block = json.at("nested_block").get<std::int64_t>();
    packing->nested_offset = json.at("nested_offset").get<double>();
    for (const auto& [role, location] : json.at("parts").items())
        packing->parts.emplace(role, location_from_json(location));
    return packing;
}

double stored_bits_per_weight(const TensorLocation& location)
{
    return location.packing ? location.packing->stored_bits_per_weight() : bits(location.dtype);
}

}  // namespace specsweep::checkpoint
