#pragma once

#include <cstdint>
#include <span>

#include "results/contents.hpp"
#include "results/unit_result.hpp"

namespace specsweep::results {

/// The units of an aggregate as claims see them, one at a time: they need not fit into memory.
class JudgedUnits {
public:
    /// @param tables header and lookup tables
    explicit JudgedUnits(const Contents& tables) : tables_(tables) {}
    virtual ~JudgedUnits() = default;
    JudgedUnits(const JudgedUnits&) = delete;
    JudgedUnits& operator=(const JudgedUnits&) = delete;

    /// Rows of the tables; the reference is a row of the units.
    struct Place {
        std::int64_t matrix, quantizer, reference;
    };
    /// Valid until the next call of it.
    struct Result {
        UnitState state;
        const Moments& moments;
        std::span<const double> derived;  ///< in the order of metrics::columns(); NaN: no value
    };

    const Contents& tables() const { return tables_; }
    virtual std::int64_t size() const = 0;
    virtual Place place(std::int64_t row) const = 0;
    virtual Result result(std::int64_t row) const = 0;

private:
    const Contents& tables_;
};

}  // namespace specsweep::results
