#include "results/compare.hpp"

#include <array>
#include <limits>
#include <map>
#include <set>

#include "base/format.hpp"
#include "base/text.hpp"
#include "results/result_file.hpp"
#include "results/unit_agreement.hpp"

namespace specsweep::results {

namespace {

/// Checkpoint id, matrix, quantizer: what a unit is called in every file.
using Key = std::array<std::string, 3>;

Key key_of(const Contents& contents, std::int64_t row)
{
    const UnitRow& unit = contents.units[static_cast<std::size_t>(row)];
    const MatrixRow& matrix = contents.matrix_of(row);
    return {contents.checkpoints[static_cast<std::size_t>(matrix.checkpoint)].title(), matrix.name,
            contents.quantizers[static_cast<std::size_t>(unit.quantizer)]};
}

std::map<Key, std::int64_t> rows_by_key(const Contents& contents)
{
    std::map<Key, std::int64_t> rows;
    for (std::size_t row = 0; row < contents.units.size(); ++row)
        rows.emplace(key_of(contents, static_cast<std::int64_t>(row)), static_cast<std::int64_t>(row));
    return rows;
}

class Comparer {
public:
    Comparer(const ResultFile& left, const ResultFile& right, double tolerance, std::int64_t most, Comparison& into)
        : left_(left), right_(right), tolerance_(tolerance), most_(most), into_(into)
    {
    }

    void run()
    {
        const std::map<Key, std::int64_t> right_rows = rows_by_key(right_.contents());
        std::set<Key> seen;
        for (std::int64_t row = 0; row < left_.size(); ++row) {
            const Key key = key_of(left_.contents(), row);
            seen.insert(key);
            const auto found = right_rows.find(key);
            if (found == right_rows.end()) {
                ++into_.only_left;
                add({left_.contents().unit_title(row), "presence", 0, "present", "absent", infinity});
            } else {
                compare(row, found->second);
            }
        }
        for (const auto& [key, row] : right_rows)
            if (!seen.contains(key)) {
                ++into_.only_right;
                add({right_.contents().unit_title(row), "presence", 0, "absent", "present", infinity});
            }
    }

private:
    static constexpr double infinity = std::numeric_limits<double>::infinity();

    void add(Difference difference)
    {
        if (static_cast<std::int64_t>(into_.differences.size()) < most_)
            into_.differences.push_back(std::move(difference));
    }

    void compare(std::int64_t left_row, std::int64_t right_row)
    {
        ++into_.units_compared;
        const std::string title = left_.contents().unit_title(left_row);
        const UnitState left_state = left_.state(left_row);
        const UnitState right_state = right_.state(right_row);
        if (left_state != right_state) {
            ++into_.differing;
            add({title, "state", 0, std::string(name(left_state)), std::string(name(right_state)), infinity});
            return;
        }
        if (left_state != UnitState::done) {
            ++into_.identical;
            return;
        }
        const UnitAgreement found =
            agreement(left_.contents().matrix_of(left_row), left_.read(left_row), right_.read(right_row), tolerance_);
        ++(found.identical ? into_.identical : found.within_bounds() ? into_.within_bounds : into_.differing);
        for (const Disagreement& one : found.beyond)
            add({title, one.column, one.k, shortest_double(one.left), shortest_double(one.right), one.beyond});
    }

    const ResultFile& left_;
    const ResultFile& right_;
    double tolerance_;
    std::int64_t most_;
    Comparison& into_;
};

}  // namespace

Comparison compare(const std::filesystem::path& left, const std::filesystem::path& right, double tolerance,
                   std::int64_t most)
{
    const ResultFile left_file = ResultFile::open(left);
    const ResultFile right_file = ResultFile::open(right);
    Comparison comparison;
    comparison.left = left;
    comparison.right = right;
    comparison.same_sweep = left_file.header().sweep_sha256 == right_file.header().sweep_sha256;
    Comparer(left_file, right_file, tolerance, most, comparison).run();
    return comparison;
}

}  // namespace specsweep::results
