#include "spectrum/simd.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <string_view>

#include "base/error.hpp"

namespace specsweep::spectrum {
namespace {

constexpr std::array<std::string_view, 3> names{"plain", "avx2", "avx512"};  // in the order of the enum

InstructionSet of_this_cpu()
{
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl"))
        return InstructionSet::avx512;
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
        return InstructionSet::avx2;
    return InstructionSet::plain;
}

InstructionSet allowed()
{
    const char* const text = std::getenv("SPECSWEEP_SIMD");
    if (text == nullptr || *text == '\0')
        return InstructionSet::avx512;
    const auto found = std::find(names.begin(), names.end(), text);
    if (found == names.end())
        throw UsageError("SPECSWEEP_SIMD=" + std::string(text) + " is unknown", {}, "plain, avx2 or avx512");
    return static_cast<InstructionSet>(found - names.begin());
}

}  // namespace

std::string_view name(InstructionSet instructions)
{
    return names.at(static_cast<std::size_t>(instructions));
}

InstructionSet widest_instruction_set()
{
    static const InstructionSet widest = std::min(of_this_cpu(), allowed());
    return widest;
}

}  // namespace specsweep::spectrum
