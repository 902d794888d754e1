#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace specsweep::cli {

/// "auto" (a terminal and no NO_COLOR), "always" or "never". @throws UsageError
void set_color(std::string_view when);

enum class Style { plain, bold, dim, good, bad };
/// The text in that style on stdout, or as it is where colour is off.
std::string styled(Style style, std::string_view text);

/// Columns of text with a header; numbers are given as text and aligned to the right where the column says so.
class Table {
public:
    enum class Align { left, right };
    struct Column {
        std::string title;
        Align align = Align::right;
    };
    explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

    void add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }
    bool empty() const { return rows_.empty(); }
    /// Lines with two blanks between columns; width is counted in code points.
    std::string text() const;

private:
    std::vector<Column> columns_;
    std::vector<std::vector<std::string>> rows_;
};

/// `digits` significant digits, for people: 2.71, 1.2e-09; "-" for nothing.
std::string significant(double value, int digits);

}  // namespace specsweep::cli
