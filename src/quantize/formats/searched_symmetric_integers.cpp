#include "quantize/formats/integer_formats.hpp"

namespace specsweep::quantize {

// In searched_multiplying_symmetric_integers.cpp.
extern template class SearchedInteger<SymmetricInteger<Range, Scaling::multiply>>;
extern template class SearchedInteger<SymmetricInteger<AbsoluteMaximum, Scaling::multiply>>;

std::unique_ptr<const Quantizer> make_searched_symmetric_integer(const Arguments& arguments)
{
    return with_symmetric_scheme(
        arguments, [&](auto scheme, double zero_point_bits) -> std::unique_ptr<const Quantizer> {
            return std::make_unique<SearchedInteger<decltype(scheme)>>(
                arguments.canonical(), scheme, integer_storage(arguments, zero_point_bits), integer_search(arguments));
        });
}

}  // namespace specsweep::quantize
