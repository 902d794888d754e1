#pragma once

namespace specsweep::results {

/// Whether a file is on the disk when it gets its name. `no` is for measurements beside a plain copy: what is lost with
/// the machine is lost.
enum class Durable { yes, no };

}  // namespace specsweep::results
