#include "quantize/formats/integer_formats.hpp"

namespace specsweep::quantize {

template class SearchedInteger<SymmetricInteger<Range, Scaling::multiply>>;
template class SearchedInteger<SymmetricInteger<AbsoluteMaximum, Scaling::multiply>>;

}  // namespace specsweep::quantize
