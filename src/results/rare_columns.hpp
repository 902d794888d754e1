#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "hdf5/column.hpp"
#include "hdf5/file.hpp"
#include "results/unit_result.hpp"

namespace specsweep::results {

struct Contents;
class UnitIndex;

/// Which rows have more than everybody has.
struct RareRows {
    std::vector<std::int64_t> embeddings;  ///< with a histogram of cosines, ascending
    bool extended = false;                 ///< `metrics: extended`
};

/// What only some units have: /extended (one row a unit, where the sweep asked for it) and /cosine_histogram (rows of
/// embeddings only). A file without them has neither group. Nothing written yet: NaN, and −1 for counts.
class RareColumns {
public:
    static RareColumns create(hdf5::File&, std::int64_t units, const RareRows&);
    /// @throws InputError: a column has another type or length, or rows that are not ascending rows of /units.
    static RareColumns open(const hdf5::File&, std::int64_t units);

    /// What the row has no place for is not kept.
    void write(std::int64_t row, const RareMoments&);
    RareMoments read(std::int64_t row) const;

private:
    std::optional<std::int64_t> place(std::int64_t row) const;  ///< of its first count

    std::vector<hdf5::Column<double>> extended_;
    std::vector<std::int64_t> embeddings_;
    hdf5::Column<std::int32_t> raw_, centred_;
};

/// By the plan: embeddings, and every unit that shares the id of one, since its result is theirs.
RareRows rare_rows(const Contents&);
RareRows rare_rows(const UnitIndex&);

}  // namespace specsweep::results
