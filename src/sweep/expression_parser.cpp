#include <algorithm>
#include <set>

#include "base/error.hpp"
#include "base/format.hpp"
#include "base/text.hpp"
#include "sweep/expression.hpp"
#include "sweep/expression_lexer.hpp"

namespace specsweep::sweep {

namespace {

constexpr std::size_t longest_text = 4096;
constexpr int deepest_nesting = 100;

}  // namespace

/// Recursive descent, weakest operator first: or, and, not, comparison, + -, * / // %, sign, primary.
class ExpressionParser {
public:
    ExpressionParser(std::string_view text, const FieldCatalogue& catalogue)
        : text_(text), catalogue_(catalogue), tokens_(tokenize(text))
    {
    }

    Expression run(Expression::Result wanted)
    {
        const Typed whole = disjunction();
        if (current().kind != TokenKind::end)
            fail(fmt::format("'{}' was not expected", current().text));
        require(whole, wanted == Expression::Result::condition ? Type::condition : Type::value);
        expression_.text_ = std::string(text_);
        expression_.slots_.assign(slots_.begin(), slots_.end());
        return std::move(expression_);
    }

private:
    using Node = Expression::Node;
    using Operator = Expression::Operator;
    enum class Type { condition, value, number, text, word /*a bare word that is no field*/ };
    struct Typed {
        std::size_t node;
        Type type;
        std::size_t position;
        const Field* field = nullptr;
    };

    Typed disjunction()
    {
        return logical("or", Operator::logical_or, [this] { return conjunction(); });
    }
    Typed conjunction()
    {
        return logical("and", Operator::logical_and, [this] { return negation(); });
    }

    template <class Operand>
    Typed logical(std::string_view word, Operator op, Operand operand)
    {
        Typed left = operand();
        while (take(word)) {
            require(left, Type::condition);
            const Typed right = operand();
            require(right, Type::condition);
            left = binary(op, left, right, Type::condition);
        }
        return left;
    }

    Typed negation()
    {
        const Depth depth(*this);
        const std::size_t position = current().position;
        if (!take("not"))
            return comparison();
        const Typed operand = negation();
        require(operand, Type::condition);
        return {add({Operator::logical_not, operand.node}), Type::condition, position};
    }

    Typed comparison()
    {
        const Typed left = sum();
        for (const auto& [symbol, op] : {std::pair<std::string_view, Operator>{"==", Operator::equal},
                                         {"!=", Operator::unequal},
                                         {"<=", Operator::less_equal},
                                         {">=", Operator::greater_equal},
                                         {"<", Operator::less},
                                         {">", Operator::greater}})
            if (take(symbol)) {
                const Typed right = sum();
                const bool ordered = op != Operator::equal && op != Operator::unequal;
                check_comparison(left, right, ordered);
                return binary(op, left, right, Type::condition);
            }
        if (take("in"))
            return membership(left);
        if (take("like")) {
            if (left.type != Type::text && left.type != Type::value)
                fail_at(left.position, "only a text can be like a pattern");
            if (current().kind != TokenKind::text)
                fail("a pattern in quotes was expected", "write like '*attn*'");
            const Typed pattern = primary();
            return binary(Operator::like, left, pattern, Type::condition);
        }
        return left;
    }

    Typed membership(const Typed& left)
    {
        if (!take("["))
            fail("'[' was expected after 'in'", "write in [2, 3]");
        std::vector<std::size_t> members;
        do {
            const Typed member = sum();
            check_comparison(left, member, false);
            members.push_back(member.node);
        } while (take(","));
        if (!take("]"))
            fail("']' was expected");
        Node list{Operator::list};
        list.left = expression_.list_.size();
        expression_.list_.insert(expression_.list_.end(), members.begin(), members.end());
        list.right = expression_.list_.size();
        const Typed right{add(std::move(list)), Type::value, left.position};
        return binary(Operator::in, left, right, Type::condition);
    }

    Typed sum()
    {
        return arithmetic({{"+", Operator::add}, {"-", Operator::subtract}}, [this] { return product(); });
    }
    Typed product()
    {
        return arithmetic({{"*", Operator::multiply},
                           {"//", Operator::floor_divide},
                           {"/", Operator::divide},
                           {"%", Operator::remainder}},
                          [this] { return sign(); });
    }

    template <class Operand>
    Typed arithmetic(std::initializer_list<std::pair<std::string_view, Operator>> operators, Operand operand)
    {
        Typed left = operand();
        while (true) {
            const auto* found = std::find_if(operators.begin(), operators.end(),
                                             [this](const auto& candidate) { return take(candidate.first); });
            if (found == operators.end())
                return left;
            require(left, Type::number);
            const Typed right = operand();
            require(right, Type::number);
            left = binary(found->second, left, right, Type::number);
        }
    }

    Typed sign()
    {
        const Depth depth(*this);
        const std::size_t position = current().position;
        if (!take("-"))
            return primary();
        const Typed operand = sign();
        require(operand, Type::number);
        return {add({Operator::negate, operand.node}), Type::number, position};
    }

    Typed primary()
    {
        const Depth depth(*this);
        const Token token = current();
        if (take("(")) {
            const Typed inside = disjunction();
            if (!take(")"))
                fail("')' was expected");
            return {inside.node, inside.type, token.position, inside.field};
        }
        if (token.kind == TokenKind::symbol || token.kind == TokenKind::end || is_keyword(token))
            fail(fmt::format("a value was expected, not {}", token.text));
        ++next_;
        if (token.kind == TokenKind::number)
            return {add({Operator::number, 0, 0, token.number, {}, 0}), Type::number, token.position};
        if (token.kind == TokenKind::text)
            return {add({Operator::text, 0, 0, 0, token.text, 0}), Type::text, token.position};
        if (token.text == "true" || token.text == "false")
            return {add({Operator::boolean, 0, 0, token.text == "true" ? 1.0 : 0.0, {}, 0}), Type::condition,
                    token.position};
        return name(token);
    }

    Typed name(const Token& token)
    {
        const auto slot = catalogue_.find(token.text);
        if (!slot)
            return {add({Operator::text, 0, 0, 0, token.text, 0}), Type::word, token.position};
        slots_.insert(*slot);
        const Field& field = catalogue_[*slot];
        const Type type = field.kind == FieldKind::number ? Type::number
                          : field.kind == FieldKind::text ? Type::text
                                                          : Type::value;
        return {add({Operator::field, 0, 0, 0, {}, *slot}), type, token.position, &field};
    }

    void check_comparison(const Typed& left, const Typed& right, bool ordered)
    {
        if (left.type == Type::word && right.type == Type::word)
            unknown_field(left);
        for (const auto& [one, other] : {std::pair(left, right), std::pair(right, left)}) {
            if (one.type == Type::condition)
                fail_at(one.position, "a condition cannot be compared", "join conditions with and, or");
            if (one.type == Type::word && (other.field == nullptr || other.type == Type::number))
                unknown_field(one, other.field);
            const bool textual = one.type == Type::word || one.type == Type::text;
            if (textual && other.type == Type::number)
                fail_at(one.position, other.field != nullptr ? fmt::format("'{}' is a number", other.field->name)
                                                             : "a number is compared with a text");
            if (textual && ordered)
                fail_at(one.position, "texts have no order", "use == or !=");
            if (textual && one.field == nullptr && other.field != nullptr)
                check_accepted(one, *other.field);
        }
    }

    void check_accepted(const Typed& literal, const Field& field)
    {
        const std::string& word = expression_.nodes_[literal.node].text;
        if (!field.accepted.empty() &&
            std::find(field.accepted.begin(), field.accepted.end(), word) == field.accepted.end())
            fail_at(literal.position, fmt::format("'{}' is never '{}'", field.name, word),
                    suggest(word, field.accepted));
    }

    void require(const Typed& typed, Type wanted)
    {
        if (typed.type == Type::word)
            unknown_field(typed);
        const bool condition = typed.type == Type::condition;
        if (wanted == Type::condition && !condition)
            fail_at(typed.position, "a condition was expected", "compare it with something");
        if (wanted != Type::condition && condition)
            fail_at(typed.position, "a value was expected, not a condition");
        if (wanted == Type::number && typed.type == Type::text)
            fail_at(typed.position, "a number was expected, not a text");
    }

    /// @param compared the number that the word stands beside, if any
    [[noreturn]] void unknown_field(const Typed& word, const Field* compared = nullptr)
    {
        const std::string& name = expression_.nodes_[word.node].text;
        std::string suggestion = suggest(name, catalogue_.names());
        if (name.find('-') != std::string::npos)
            suggestion = "put blanks around '-' to subtract; " + suggestion;
        std::string problem = fmt::format("'{}' is not a field", name);
        if (compared != nullptr)
            problem += fmt::format(" and '{}' is a number", compared->name);
        fail_at(word.position, problem, suggestion);
    }

    Typed binary(Operator op, const Typed& left, const Typed& right, Type type)
    {
        return {add({op, left.node, right.node, 0, {}, 0}), type, left.position};
    }

    std::size_t add(Node node)
    {
        expression_.nodes_.push_back(std::move(node));
        return expression_.nodes_.size() - 1;
    }

    const Token& current() const { return tokens_[next_]; }

    static bool is_keyword(const Token& token)
    {
        return token.kind == TokenKind::word && (token.text == "and" || token.text == "or" || token.text == "not" ||
                                                 token.text == "in" || token.text == "like");
    }

    bool take(std::string_view text)
    {
        if ((current().kind != TokenKind::symbol && !is_keyword(current())) || current().text != text)
            return false;
        ++next_;
        return true;
    }

    [[noreturn]] void fail(const std::string& problem, const std::string& suggestion = {}) const
    {
        fail_at(current().position, problem, suggestion);
    }
    [[noreturn]] void fail_at(std::size_t position, const std::string& problem,
                              const std::string& suggestion = {}) const
    {
        throw UsageError(fmt::format("{} at character {} of \"{}\"", problem, position + 1, text_), {}, suggestion);
    }

    /// Keeps a hostile text from exhausting the stack.
    struct Depth {
        explicit Depth(ExpressionParser& parser) : parser_(parser)
        {
            if (++parser_.depth_ > deepest_nesting)
                parser_.fail("the expression is nested too deeply");
        }
        ~Depth() { --parser_.depth_; }
        Depth(const Depth&) = delete;
        Depth& operator=(const Depth&) = delete;
        ExpressionParser& parser_;
    };

    std::string_view text_;
    const FieldCatalogue& catalogue_;
    std::vector<Token> tokens_;
    std::size_t next_ = 0;
    int depth_ = 0;
    std::set<std::size_t> slots_;
    Expression expression_;
};

Expression Expression::parse(std::string_view text, const FieldCatalogue& catalogue, Result wanted)
{
    if (text.size() > longest_text)
        throw UsageError("an expression is too long", fmt::format("more than {} characters", longest_text));
    return ExpressionParser(text, catalogue).run(wanted);
}

}  // namespace specsweep::sweep
