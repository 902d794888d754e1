#include "sweep/fields.hpp"

#include <algorithm>

#include "base/dtype.hpp"
#include "base/text.hpp"
#include "checkpoint/role.hpp"
#include "quantize/registry.hpp"

namespace specsweep::sweep {

namespace {

std::vector<std::string> weight_dtypes()
{
    std::vector<std::string> names;
    for (const DType type : {DType::f64, DType::f32, DType::f16, DType::bf16, DType::f8_e4m3, DType::f8_e5m2})
        names.emplace_back(name(type));
    return names;
}

std::vector<std::string> format_names()
{
    std::vector<std::string> names;
    for (const auto& format : quantize::formats())
        names.push_back(format.name);
    return names;
}

}  // namespace

FieldCatalogue FieldCatalogue::builtin()
{
    FieldCatalogue catalogue;
    const auto roles = checkpoint::role_names();
    catalogue.fields_ = {
        {"checkpoint", FieldKind::text, {}},
        {"step", FieldKind::number, {}},
        {"model_type", FieldKind::text, {}},
        {"matrix", FieldKind::text, {}},
        {"tensor", FieldKind::text, {}},
        {"slice", FieldKind::text, {}},
        {"role", FieldKind::text, {roles.begin(), roles.end()}},
        {"block_index", FieldKind::number, {}},
        {"expert", FieldKind::number, {}},
        {"rows", FieldKind::number, {}},
        {"cols", FieldKind::number, {}},
        {"elements", FieldKind::number, {}},
        {"dtype", FieldKind::text, weight_dtypes()},
    };
    catalogue.matrix_fields_ = catalogue.fields_.size();
    catalogue.fields_.push_back({"quantizer", FieldKind::text, {}});
    catalogue.fields_.push_back({"format", FieldKind::text, format_names()});
    catalogue.fields_.push_back({"bits", FieldKind::number, {}});
    for (const auto& format : quantize::formats())
        for (const auto& parameter : format.parameters)
            if (!catalogue.find(parameter.name))
                catalogue.fields_.push_back({parameter.name, FieldKind::number_or_text, {}});
    return catalogue;
}

std::optional<std::size_t> FieldCatalogue::find(std::string_view name) const
{
    for (std::size_t slot = 0; slot < fields_.size(); ++slot)
        if (fields_[slot].name == name)
            return slot;
    return std::nullopt;
}

std::vector<std::string> FieldCatalogue::names() const
{
    std::vector<std::string> names;
    for (const Field& field : fields_)
        names.push_back(field.name);
    return names;
}

std::size_t FieldCatalogue::add(Field field)
{
    fields_.push_back(std::move(field));
    return fields_.size() - 1;
}

FieldValue parameter_value(std::string_view text)
{
    if (const auto number = parse_double(text.starts_with("1x") ? text.substr(2) : text))
        return *number;
    return text;
}

}  // namespace specsweep::sweep
