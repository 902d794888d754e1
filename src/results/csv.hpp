#pragma once

#include <cstdint>
#include <ostream>
#include <string>
#include <string_view>

namespace specsweep::results {

/// RFC 4180: fields with a comma, a quote or a line break stand in quotes, lines end with CRLF. Numbers have 17
/// significant digits; NaN is an empty field, infinity `inf`.
class CsvWriter {
public:
    explicit CsvWriter(std::ostream& out) : out_(out) {}

    CsvWriter& field(std::string_view text);
    CsvWriter& field(double value);
    CsvWriter& field(std::int64_t value);
    CsvWriter& empty() { return field(std::string_view()); }
    /// Empty for −1, which the file stores where there is none.
    CsvWriter& field_if(std::int64_t value) { return value < 0 ? empty() : field(value); }
    void end_row();
    std::int64_t rows() const { return rows_; }

private:
    std::ostream& out_;
    std::string line_;
    bool first_ = true;
    std::int64_t rows_ = 0;
};

}  // namespace specsweep::results
