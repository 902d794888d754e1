#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace specsweep::sweep {

enum class TokenKind { number, text, word, symbol, end };

struct Token {
    TokenKind kind;
    std::string text;  ///< of a quoted text: without its quotes
    double number = 0;
    std::size_t position;  ///< of its first character, from 0
};

/// Words may hold hyphens before a letter (`te-old`, `compressed-tensors`); subtraction of fields wants blanks.
/// `1xN` is the number N, `RxC` a word. Symbols: == != <= >= < > + - * / // % ( ) [ ] ,
/// The last token is an end token.
/// @throws UsageError naming the character: a foreign symbol (`=`, `&&`, … with what to write instead), an open quote.
std::vector<Token> tokenize(std::string_view text);

}  // namespace specsweep::sweep
