#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "checkpoint/checkpoint.hpp"

namespace specsweep::cli {

struct QuantizeRequest {
    std::filesystem::path checkpoint;
    std::string quantizer;                      ///< canonical, for every selected matrix; empty with `layers`
    std::map<std::string, std::string> layers;  ///< matrix → canonical quantizer: these matrices, each with its own
    std::vector<std::filesystem::path> architecture_files;
    std::filesystem::path output;
    std::vector<checkpoint::Role> roles;  ///< empty: all
    bool same_dtype = true;               ///< round Ŵ to the stored dtype; otherwise quantized tensors become F32
    std::int64_t seed = 0;
};

/// What was written. Sums run over all quantized matrices.
struct QuantizeOutcome {
    std::int64_t matrices = 0;
    std::int64_t files = 0;
    std::int64_t resumed_files = 0;                         ///< that an interrupted call had finished
    double error_squared = 0;                               ///< ‖Ŵ − W‖_F²
    double rounding_squared = 0;                            ///< ‖stored − Ŵ‖_F²: what the stored dtype adds
    std::vector<std::pair<std::string, std::string>> left;  ///< selected matrices that the format refuses, and why
};

/// Writes the checkpoint with Q(W) in the place of every selected matrix W: the same files, shards, tensors and order;
/// everything else is copied. Work goes on in OUTPUT.partial, where every file appears under its name when it is
/// complete; the folder is renamed when all are. A call that finds its own OUTPUT.partial goes on with the files that
/// lack. A stored tensor must fit into memory.
/// @throws UsageError: OUTPUT exists, OUTPUT.partial is of another call, the checkpoint is quantized already;
///         IoError, InputError; UnitFailure for weights that are not finite.
QuantizeOutcome write_quantized_checkpoint(const QuantizeRequest& request);

}  // namespace specsweep::cli
