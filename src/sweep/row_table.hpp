#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "base/integer.hpp"

namespace specsweep::sweep {

/// A lookup table in the making: equal rows are kept once, in the order of their first use.
template <class Row>
class RowTable {
public:
    /// Number of the row in the table.
    std::int64_t add(const Row& row)
    {
        const auto [place, is_new] = numbers_.try_emplace(row, checked_cast<std::int64_t>(rows_.size()));
        if (is_new)
            rows_.push_back(row);
        return place->second;
    }

    const std::vector<Row>& rows() const { return rows_; }

private:
    std::map<Row, std::int64_t> numbers_;
    std::vector<Row> rows_;
};

}  // namespace specsweep::sweep
