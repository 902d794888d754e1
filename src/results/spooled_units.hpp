#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "results/judged_units.hpp"
#include "results/record_spool.hpp"
#include "results/unit_index.hpp"

namespace specsweep::results {

/// Units out of their records; the blocks that were looked at last stay in memory.
class SpooledUnits : public JudgedUnits {
public:
    SpooledUnits(const UnitIndex&, const RecordSpool&);

    std::int64_t size() const override { return index_.size(); }
    Place place(std::int64_t row) const override;
    Result result(std::int64_t row) const override;

private:
    const UnitIndex& index_;
    const RecordSpool& spool_;
    std::vector<double> none_;  ///< of a unit without derived values
    mutable std::array<RecordBlock, 16> blocks_;
};

}  // namespace specsweep::results
