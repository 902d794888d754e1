#pragma once

#include <string>
#include <string_view>

#include "sweep/plan.hpp"

namespace specsweep::sweep {

/// What names a unit: SHA-256 of the canonical JSON (sorted keys, no blanks) of
///
///   certificate, content (digest of the tensor's bytes), dtype, numerics_version, orientation, quantizer (canonical),
///   seed, shape (of the stored tensor), slice (canonical), tolerance; metrics where they are not "full";
///   token_weighted (centred, counts) where rows are weighted
///
/// dtype and shape stand beside the digest because equal bytes of another type or shape are another matrix. No path,
/// name, role, rank count, resource or solver is part of it: equal content has equal ids in every checkpoint and every
/// sweep. Only `checkpoint:digest=…` has the matrix's name behind it: which matrix of the other checkpoint it means.
class UnitIdentity {
public:
    /// The settings of the plan and one matrix, hashed with many quantizers.
    UnitIdentity(const Plan&, const PlanMatrix&);

    std::string canonical_text(std::string_view quantizer) const;
    std::string id(std::string_view quantizer) const;

private:
    std::string matrix_;  ///< name
    std::string before_quantizer_, after_quantizer_;
};

}  // namespace specsweep::sweep
