#include "results/csv.hpp"

#include <cmath>

#include "base/format.hpp"

namespace specsweep::results {

CsvWriter& CsvWriter::field(std::string_view text)
{
    if (!first_)
        line_ += ',';
    first_ = false;
    if (text.find_first_of(",\"\r\n") == std::string_view::npos) {
        line_ += text;
        return *this;
    }
    line_ += '"';
    for (const char c : text) {
        if (c == '"')
            line_ += '"';
        line_ += c;
    }
    line_ += '"';
    return *this;
}

CsvWriter& CsvWriter::field(double value)
{
    return std::isnan(value) ? empty() : field(std::string_view(fmt::format("{:.17g}", value)));
}

CsvWriter& CsvWriter::field(std::int64_t value)
{
    return field(std::string_view(fmt::format("{}", value)));
}

void CsvWriter::end_row()
{
    line_ += "\r\n";
    out_ << line_;
    line_.clear();
    first_ = true;
    ++rows_;
}

}  // namespace specsweep::results
