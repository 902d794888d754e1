#include "sweep/expression_lexer.hpp"

#include <array>
#include <utility>

#include "base/error.hpp"
#include "base/format.hpp"
#include "base/text.hpp"

namespace specsweep::sweep {

namespace {

bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}
bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

class Lexer {
public:
    explicit Lexer(std::string_view text) : text_(text) {}

    std::vector<Token> run()
    {
        std::vector<Token> tokens;
        while (true) {
            while (peek() == ' ' || peek() == '\t' || peek() == '\n' || peek() == '\r')
                ++position_;
            if (position_ >= text_.size())
                break;
            tokens.push_back(next());
        }
        tokens.push_back({TokenKind::end, "the end", 0, position_});
        return tokens;
    }

private:
    char peek(std::size_t ahead = 0) const
    {
        return position_ + ahead < text_.size() ? text_[position_ + ahead] : '\0';
    }

    Token next()
    {
        if (peek() == '\'' || peek() == '"')
            return quoted();
        if (is_digit(peek()))
            return number_or_shape();
        if (is_letter(peek()))
            return word();
        return symbol();
    }

    Token quoted()
    {
        const std::size_t end = text_.find(peek(), position_ + 1);
        if (end == std::string_view::npos)
            fail("a quote is not closed");
        Token token{TokenKind::text, std::string(text_.substr(position_ + 1, end - position_ - 1)), 0, position_};
        position_ = end + 1;
        return token;
    }

    Token number_or_shape()
    {
        const std::size_t begin = position_;
        while (is_digit(peek()))
            ++position_;
        if (peek() == 'x' && is_digit(peek(1))) {
            const bool one_row = text_.substr(begin, position_ - begin) == "1";
            ++position_;
            const std::size_t second = position_;
            while (is_digit(peek()))
                ++position_;
            if (one_row)
                return number(second, begin);
            return {TokenKind::word, std::string(text_.substr(begin, position_ - begin)), 0, begin};
        }
        if (peek() == '.' && is_digit(peek(1)))
            for (++position_; is_digit(peek());)
                ++position_;
        if ((peek() == 'e' || peek() == 'E') &&
            (is_digit(peek(1)) || ((peek(1) == '-' || peek(1) == '+') && is_digit(peek(2)))))
            for (position_ += 2; is_digit(peek());)
                ++position_;
        if (is_letter(peek()))
            fail("a number runs into a word", "put words that begin with a digit into quotes");
        return number(begin, begin);
    }

    Token number(std::size_t first_digit, std::size_t begin)
    {
        const std::string_view digits = text_.substr(first_digit, position_ - first_digit);
        const auto value = parse_double(digits);
        if (!value)
            fail(fmt::format("'{}' is not a number", digits));
        return {TokenKind::number, std::string(digits), *value, begin};
    }

    Token word()
    {
        const std::size_t begin = position_;
        while (is_letter(peek()) || is_digit(peek()) || (peek() == '-' && is_letter(peek(1))))
            ++position_;
        return {TokenKind::word, std::string(text_.substr(begin, position_ - begin)), 0, begin};
    }

    Token symbol()
    {
        constexpr std::array<std::string_view, 16> symbols{"==", "!=", "<=", ">=", "//", "<", ">", "+",
                                                           "-",  "*",  "/",  "%",  "(",  ")", "[", "]"};
        for (const std::string_view candidate : symbols)
            if (text_.substr(position_).starts_with(candidate))
                return take(candidate);
        if (peek() == ',')
            return take(",");
        constexpr std::array<std::pair<std::string_view, std::string_view>, 6> foreign{
            {{"=", "=="}, {"&&", "and"}, {"&", "and"}, {"||", "or"}, {"|", "or"}, {"!", "not"}}};
        for (const auto& [found, meant] : foreign)
            if (text_.substr(position_).starts_with(found))
                fail(fmt::format("'{}' is not an operator", found), fmt::format("write '{}'", meant));
        fail(fmt::format("'{}' has no meaning here", text_.substr(position_, 1)));
    }

    Token take(std::string_view symbol)
    {
        Token token{TokenKind::symbol, std::string(symbol), 0, position_};
        position_ += symbol.size();
        return token;
    }

    [[noreturn]] void fail(std::string problem, std::string suggestion = {}) const
    {
        throw UsageError(fmt::format("{} at character {} of \"{}\"", problem, position_ + 1, text_), {},
                         std::move(suggestion));
    }

    std::string_view text_;
    std::size_t position_ = 0;
};

}  // namespace

std::vector<Token> tokenize(std::string_view text)
{
    return Lexer(text).run();
}

}  // namespace specsweep::sweep
