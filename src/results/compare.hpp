#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "base/json_forward.hpp"

namespace specsweep::results {

struct Difference {
    std::string unit;    ///< "checkpoint matrix quantizer"
    std::string column;  ///< "sigma", "state", a moment or "presence"
    std::int64_t k = 0;  ///< index of the singular value from 1; 0: not a spectrum
    std::string left, right;
    double beyond = 0;  ///< |left − right| divided by what is allowed; inf where nothing is
};

struct Comparison {
    std::filesystem::path left, right;
    bool same_sweep = false;
    std::int64_t units_compared = 0;
    std::int64_t identical = 0;      ///< spectra and moments equal bit by bit
    std::int64_t within_bounds = 0;  ///< not equal, but no further apart than their bounds
    std::int64_t differing = 0;
    std::int64_t only_left = 0, only_right = 0;
    std::vector<Difference> differences;  ///< at most `most`, in the order of the left file

    bool same() const { return differing == 0 && only_left == 0 && only_right == 0; }
    ExitCode exit_code() const { return same() ? ExitCode::complete : ExitCode::differs; }
};

/// Units of two result files, matched by checkpoint id, matrix and quantizer. States must be equal; what else may
/// differ, and by how much, says unit_agreement.hpp: singular values by the sum of their bounds.
/// @param tolerance relative, of moments without bounds of their own (⟨W,E⟩, ‖E‖_F², ‖E‖_max)
/// @param most differences listed (all are counted)
/// @throws IoError, InputError
Comparison compare(const std::filesystem::path& left, const std::filesystem::path& right, double tolerance = 0,
                   std::int64_t most = 1000);

Json to_json(const Comparison&);
std::string to_text(const Comparison&);

}  // namespace specsweep::results
