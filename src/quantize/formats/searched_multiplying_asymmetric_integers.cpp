#include "quantize/formats/integer_formats.hpp"

namespace specsweep::quantize {

template class SearchedInteger<AsymmetricInteger<true, ZeroPointOrder::before_rounding>>;
template class SearchedInteger<AsymmetricInteger<true, ZeroPointOrder::after_rounding>>;

}  // namespace specsweep::quantize
