#pragma once

#include "spectrum/long_side.hpp"
#include "spectrum/spectrum.hpp"

namespace specsweep::spectrum {

/// What a route found, in units of 2^exponent of the weights: nothing here over- or underflows.
struct ScaledSpectrum {
    std::vector<double> sigma;  ///< descending
    std::vector<double> error;
    double frobenius_squared = 0;
    double frobenius_squared_error = 0;
    int exponent = 0;
};

/// G = Σ_p P_pᵀP_p over the pieces of the long side (dsyrk), T = QᵀGQ (dsytrd, or the own two stages when `method` is
/// two_stage_gram), λ_k(T) by multisection, σ_k = √λ_k.
/// Bounds: gram_certificate.hpp. Everything in one k × k array. @throws SolverFailure, InputError (value not finite).
ScaledSpectrum gram_spectrum(LongSide& matrix, Method method, Certificate certificate, Workspace& workspace);

}  // namespace specsweep::spectrum
