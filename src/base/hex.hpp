#pragma once

namespace specsweep {

constexpr char hex_character(int digit)
{
    return "0123456789abcdef"[digit & 15];
}

/// -1 for what is no hex digit.
constexpr int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

}  // namespace specsweep
