#include "cost/machine.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "base/format.hpp"
#include "base/json.hpp"
#include "base/text.hpp"

namespace specsweep::cost {

namespace {

using Rate = std::pair<const char*, double MachineConstants::*>;

constexpr std::array<Rate, 12> rates{{
    {"blas3_flops_per_second", &MachineConstants::blas3_flops_per_second},
    {"blas2_flops_per_second", &MachineConstants::blas2_flops_per_second},
    {"blas2_memory_flops_per_second", &MachineConstants::blas2_memory_flops_per_second},
    {"band_flops_per_second", &MachineConstants::band_flops_per_second},
    {"group_flops_per_second", &MachineConstants::group_flops_per_second},
    {"cache_bytes", &MachineConstants::cache_bytes},
    {"tridiagonal_seconds", &MachineConstants::tridiagonal_seconds},
    {"band_seconds", &MachineConstants::band_seconds},
    {"sweep_seconds", &MachineConstants::sweep_seconds},
    {"read_seconds", &MachineConstants::read_seconds},
    {"quantize_seconds", &MachineConstants::quantize_seconds},
    {"unit_seconds", &MachineConstants::unit_seconds},
}};

void reject_unknown_keys(const Json& document, std::string_view source)
{
    std::vector<std::string> known{"name"};
    for (const auto& [key, member] : rates)
        known.emplace_back(key);
    for (const auto& [key, value] : document.items())
        if (std::find(known.begin(), known.end(), key) == known.end())
            throw UsageError(fmt::format("{}: unknown key `{}`", source, key), "not a constant of the cost model",
                             suggest(key, known));
}

}  // namespace

const MachineConstants& shipped_constants()
{
    static const MachineConstants constants{
        .name = "Zen 4 core with AVX-512, OpenBLAS 0.3.21",
        .blas3_flops_per_second = 47.5e9,
        .blas2_flops_per_second = 24e9,
        .blas2_memory_flops_per_second = 7.5e9,
        .band_flops_per_second = 45e9,
        .group_flops_per_second = 8e9,
        .cache_bytes = 16e6,
        .tridiagonal_seconds = 1.05e-8,
        .band_seconds = 7e-9,
        .sweep_seconds = 3.7e-10,
        .read_seconds = 1e-9,
        .quantize_seconds = 4e-9,
        .unit_seconds = 1.5e-4,
    };
    return constants;
}

MachineConstants constants_from_json(std::string_view text, std::string_view source)
{
    const Json document = parse_json(text, source);
    if (!document.is_object())
        throw UsageError(fmt::format("{} is not a calibration file", source), "its top is not a JSON object");
    reject_unknown_keys(document, source);
    MachineConstants constants{};
    const auto name = document.find("name");
    if (name == document.end() || !name->is_string())
        throw UsageError(fmt::format("{}: `name` is missing", source), "a plan names the machine its costs come from");
    constants.name = name->get<std::string>();
    for (const auto& [key, member] : rates) {
        const auto value = document.find(key);
        if (value == document.end() || !value->is_number() || !(value->get<double>() > 0) ||
            !std::isfinite(value->get<double>()))
            throw UsageError(fmt::format("{}: `{}` must be a positive number", source, key));
        constants.*member = value->get<double>();
    }
    return constants;
}

std::string constants_to_json(const MachineConstants& constants)
{
    Json document{{"name", constants.name}};
    for (const auto& [key, member] : rates)
        document[key] = constants.*member;
    return document.dump(2) + "\n";
}

}  // namespace specsweep::cost
