#include "quantize/formats/integer_formats.hpp"

namespace specsweep::quantize {

std::unique_ptr<const Quantizer> make_asymmetric_integer(const Arguments& arguments)
{
    return with_asymmetric_scheme(arguments, [&](auto scheme, double zero_point_bits) {
        return make_block_quantizer(arguments.canonical(), scheme, integer_storage(arguments, zero_point_bits));
    });
}

}  // namespace specsweep::quantize
