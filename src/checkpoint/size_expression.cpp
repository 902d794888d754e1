#include "checkpoint/size_expression.hpp"

#include <cctype>

#include "base/error.hpp"
#include "base/format.hpp"
#include "base/integer.hpp"
#include "base/text.hpp"

namespace specsweep::checkpoint {

/// A number, a name, or an operation on two nodes.
struct SizeExpression::Node {
    char operation = 0;  ///< 0: number, 'n': name, else + - * /
    std::int64_t number = 0;
    std::string name;
    std::shared_ptr<const Node> left, right;
};

namespace {

using Node = SizeExpression::Node;
using NodePointer = std::shared_ptr<const Node>;

/// sum := product (('+'|'-') product)*;  product := factor (('*'|'/') factor)*;  factor := number | name | '(' sum ')'
class Parser {
public:
    Parser(std::string_view text, std::set<std::string>& names) : text_(text), names_(names) {}

    NodePointer whole()
    {
        NodePointer root = chain("+-", 0);
        if (next() != '\0')
            fail();
        return root;
    }

private:
    char next()
    {
        while (at_ < text_.size() && text_[at_] == ' ')
            ++at_;
        return at_ < text_.size() ? text_[at_] : '\0';
    }

    NodePointer chain(std::string_view operators, int depth)
    {
        const bool sum = operators == "+-";
        NodePointer left = sum ? chain("*/", depth) : factor(depth);
        while (next() != '\0' && operators.find(next()) != std::string_view::npos) {
            auto node = std::make_shared<Node>();
            node->operation = text_[at_++];
            node->left = std::move(left);
            node->right = sum ? chain("*/", depth) : factor(depth);
            left = std::move(node);
        }
        return left;
    }

    NodePointer factor(int depth)
    {
        constexpr int deepest = 32;
        if (next() == '(' && depth < deepest) {
            ++at_;
            NodePointer inside = chain("+-", depth + 1);
            if (next() != ')')
                fail();
            ++at_;
            return inside;
        }
        const std::string word = this->word();
        auto node = std::make_shared<Node>();
        if (const auto number = parse_integer(word)) {
            node->number = *number;
        } else {
            if (word.empty() || std::isdigit(static_cast<unsigned char>(word[0])) != 0)
                fail();
            node->operation = 'n';
            node->name = word;
            names_.insert(word);
        }
        return node;
    }

    std::string word()
    {
        next();
        const std::size_t start = at_;
        while (at_ < text_.size() && (std::isalnum(static_cast<unsigned char>(text_[at_])) != 0 || text_[at_] == '_'))
            ++at_;
        return std::string(text_.substr(start, at_ - start));
    }

    [[noreturn]] void fail() const
    {
        throw UsageError(fmt::format("'{}' is no size", text_), fmt::format("at character {}", at_ + 1),
                         "write numbers and names of sizes with + - * / and parentheses");
    }

    std::string_view text_;
    std::set<std::string>& names_;
    std::size_t at_ = 0;
};

std::optional<std::int64_t> apply(char operation, std::int64_t a, std::int64_t b)
{
    switch (operation) {
        case '+':
            return add_if_fits(a, b);
        case '-':
            return add_if_fits(a, -b);
        case '*':
            return multiply_if_fits(a, b);
        default:
            return b != 0 && a % b == 0 ? std::optional(a / b) : std::nullopt;
    }
}

std::optional<std::int64_t> evaluate(const Node& node, const SizeExpression::Lookup& lookup)
{
    if (node.operation == 0)
        return node.number;
    if (node.operation == 'n')
        return lookup(node.name);
    const auto a = evaluate(*node.left, lookup);
    const auto b = evaluate(*node.right, lookup);
    if (!a || !b)
        return std::nullopt;
    const auto value = apply(node.operation, *a, *b);
    if (!value || *value < 0)
        throw InputError(fmt::format("{} {} {} is no size", *a, node.operation, *b),
                         node.operation == '/' ? "the division leaves a rest" : "it is negative or too large");
    return value;
}

}  // namespace

SizeExpression SizeExpression::parse(std::string_view text)
{
    constexpr std::size_t longest = 200;  // keeps the tree shallow
    if (text.size() > longest)
        throw UsageError("a size of more than 200 characters");
    SizeExpression expression;
    expression.text_ = text;
    expression.root_ = Parser(expression.text_, expression.names_).whole();
    return expression;
}

std::optional<std::int64_t> SizeExpression::value(const Lookup& lookup) const
{
    return evaluate(*root_, lookup);
}

}  // namespace specsweep::checkpoint
