#include "sweep/quantizer_table.hpp"

#include "base/integer.hpp"
#include "quantize/registry.hpp"

namespace specsweep::sweep {

std::int32_t QuantizerTable::row(const std::string& canonical)
{
    const auto next = checked_cast<std::int32_t>(entries_.size() + 1);
    const auto [place, is_new] = rows_.try_emplace(canonical, next);
    if (is_new)
        entries_.push_back({canonical, quantize::make_quantizer(canonical), {}});
    return place->second;
}

const QuantizerTable::Verdict& QuantizerTable::verdict(std::int32_t row, std::int64_t rows, std::int64_t cols)
{
    Entry& entry = entries_[static_cast<std::size_t>(row) - 1];
    const auto [place, is_new] = entry.verdicts.try_emplace({rows, cols});
    if (is_new) {
        place->second.refusal = entry.quantizer->refuses(rows, cols);
        if (!place->second.refusal)
            place->second.bits_per_weight = entry.quantizer->bits_per_weight(rows, cols);
    }
    return place->second;
}

}  // namespace specsweep::sweep
