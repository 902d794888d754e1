#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "quantize/block_quantizer.hpp"
#include "quantize/format.hpp"
#include "quantize/formats/asymmetric_integer.hpp"
#include "quantize/formats/searched_integer.hpp"
#include "quantize/formats/symmetric_integer.hpp"

namespace specsweep::quantize {

/// What the files of the format `int` share. Each of the four makers has the kernels of its schemes in a file of its
/// own: together they take compilers more than a minute under sanitizers.
std::unique_ptr<const Quantizer> make_symmetric_integer(const Arguments& arguments);
std::unique_ptr<const Quantizer> make_asymmetric_integer(const Arguments& arguments);
std::unique_ptr<const Quantizer> make_searched_symmetric_integer(const Arguments& arguments);
std::unique_ptr<const Quantizer> make_searched_asymmetric_integer(const Arguments& arguments);

const std::map<std::string, SymmetricVariant, std::less<>>& symmetric_variants();
const std::map<std::string, AsymmetricVariant, std::less<>>& asymmetric_variants();

/// −M for the restricted range, else −M−1.
float lowest_code(SymmetricVariant variant, int bits);

ScaleType integer_scale_type(const Arguments& arguments);
BlockStorage integer_storage(const Arguments& arguments, double zero_point_bits);

/// @pre search is not absmax
ScaleSearch integer_search(const Arguments& arguments);

/// make(scheme, bits of a zero point) with the scheme of a symmetric variant.
template <class Make>
std::unique_ptr<const Quantizer> with_symmetric_scheme(const Arguments& arguments, Make make)
{
    const SymmetricVariant variant = symmetric_variants().find(arguments["variant"])->second;
    const int bits = arguments.integer("bits");
    const ScaleType type = integer_scale_type(arguments);
    const float low = lowest_code(variant, bits);
    const auto high = static_cast<float>((1 << (bits - 1)) - 1);
    switch (variant) {
        case SymmetricVariant::gptq:
            return make(SymmetricInteger<Range, Scaling::divide>{variant, type, low, high}, 0);
        case SymmetricVariant::noclip:
            return make(SymmetricInteger<Range, Scaling::multiply>{variant, type, low, high}, 0);
        case SymmetricVariant::torchao:
        case SymmetricVariant::torchao_restricted:
            return make(SymmetricInteger<AbsoluteMaximum, Scaling::multiply>{variant, type, low, high}, 0);
        case SymmetricVariant::reciprocal:
            return make(SymmetricInteger<AbsoluteMaximum, Scaling::multiply_and_divide>{variant, type, low, high}, 0);
        case SymmetricVariant::restricted:
        case SymmetricVariant::full:
        case SymmetricVariant::full_maxabs:
            break;
    }
    return make(SymmetricInteger<AbsoluteMaximum, Scaling::divide>{variant, type, low, high}, 0);
}

/// The same of an asymmetric one.
template <class Make>
std::unique_ptr<const Quantizer> with_asymmetric_scheme(const Arguments& arguments, Make make)
{
    constexpr auto after = ZeroPointOrder::after_rounding;
    constexpr auto before = ZeroPointOrder::before_rounding;
    const AsymmetricVariant variant = asymmetric_variants().find(arguments["variant"])->second;
    const int bits = arguments.integer("bits");
    const ScaleType type = integer_scale_type(arguments);
    const auto levels = static_cast<float>(1 << bits);
    switch (variant) {
        case AsymmetricVariant::compressed_tensors:
            return make(AsymmetricInteger<false, before>{variant, type, -levels / 2, levels / 2 - 1}, bits);
        case AsymmetricVariant::hqq:
            return make(AsymmetricInteger<true, before>{variant, type, 0, levels - 1}, 32);
        case AsymmetricVariant::torchao:
            return make(AsymmetricInteger<true, after>{variant, type, 0, levels - 1}, bits);
        case AsymmetricVariant::gptq:
        case AsymmetricVariant::awq:
            break;
    }
    return make(AsymmetricInteger<false, after>{variant, type, 0, levels - 1}, bits);
}

}  // namespace specsweep::quantize
