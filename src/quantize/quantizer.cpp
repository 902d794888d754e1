#include "quantize/quantizer.hpp"

#include "base/error.hpp"

namespace specsweep::quantize {

QuantizationCounts Quantizer::apply_traced(const Panel&, float*, const TensorStatistics&, Trace&) const
{
    throw NotDefined("codes of " + text() + " are not defined", "the format keeps none");
}

}  // namespace specsweep::quantize
