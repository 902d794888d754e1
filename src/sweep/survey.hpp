#pragma once

#include "sweep/make_plan.hpp"

namespace specsweep::sweep {

/// First half of make_plan(): opens the checkpoints of the manifest, selects matrices and takes digests. Gives a plan
/// with its settings, checkpoints and matrices filled, and what `matrices` left out among the dropped points.
/// @throws InputError and IoError of the checkpoints; UsageError when nothing is selected.
Plan survey(const Manifest&, const PlanOptions&);

}  // namespace specsweep::sweep
