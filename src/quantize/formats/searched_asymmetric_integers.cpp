#include "quantize/formats/integer_formats.hpp"

namespace specsweep::quantize {

// In searched_multiplying_asymmetric_integers.cpp.
extern template class SearchedInteger<AsymmetricInteger<true, ZeroPointOrder::before_rounding>>;
extern template class SearchedInteger<AsymmetricInteger<true, ZeroPointOrder::after_rounding>>;

std::unique_ptr<const Quantizer> make_searched_asymmetric_integer(const Arguments& arguments)
{
    return with_asymmetric_scheme(
        arguments, [&](auto scheme, double zero_point_bits) -> std::unique_ptr<const Quantizer> {
            return std::make_unique<SearchedInteger<decltype(scheme)>>(
                arguments.canonical(), scheme, integer_storage(arguments, zero_point_bits), integer_search(arguments));
        });
}

}  // namespace specsweep::quantize
