#include "sweep/expression.hpp"

#include <cmath>

#include "base/text.hpp"

namespace specsweep::sweep {

namespace {

bool missing(const FieldValue& value)
{
    return std::holds_alternative<std::monostate>(value);
}

bool is_true(const FieldValue& value)
{
    const bool* truth = std::get_if<bool>(&value);
    return truth != nullptr && *truth;
}

/// A text and a number are never equal and have no order.
bool comparable(const FieldValue& left, const FieldValue& right)
{
    return !missing(left) && left.index() == right.index();
}

FieldValue arithmetic(char operation, const FieldValue& left, const FieldValue& right)
{
    const double* a = std::get_if<double>(&left);
    const double* b = std::get_if<double>(&right);
    if (a == nullptr || b == nullptr)
        return {};
    double result = 0;
    switch (operation) {
        case '+':
            result = *a + *b;
            break;
        case '-':
            result = *a - *b;
            break;
        case '*':
            result = *a * *b;
            break;
        case '/':
            result = *a / *b;
            break;
        case 'f':
            result = std::floor(*a / *b);
            break;
        default:
            result = *a - std::floor(*a / *b) * *b;
            break;
    }
    if (!std::isfinite(result))
        return {};
    return result;
}

}  // namespace

bool Expression::holds(std::span<const FieldValue> row) const
{
    return is_true(evaluate(row));
}

FieldValue Expression::evaluate(std::span<const FieldValue> row) const
{
    return evaluate(nodes_.size() - 1, row);
}

FieldValue Expression::evaluate(std::size_t index, std::span<const FieldValue> row) const
{
    const Node& node = nodes_[index];
    const auto left = [&] { return evaluate(node.left, row); };
    const auto right = [&] { return evaluate(node.right, row); };
    switch (node.op) {
        case Operator::number:
            return node.number;
        case Operator::text:
            return std::string_view(node.text);
        case Operator::boolean:
            return node.number != 0;
        case Operator::field:
            return row[node.slot];
        case Operator::list:
            return {};
        case Operator::logical_or:
            return is_true(left()) || is_true(right());
        case Operator::logical_and:
            return is_true(left()) && is_true(right());
        case Operator::logical_not:
            return !is_true(left());
        case Operator::negate:
            return arithmetic('-', FieldValue(0.0), left());
        case Operator::in: {
            const FieldValue value = left();
            for (std::size_t member = nodes_[node.right].left; member < nodes_[node.right].right; ++member) {
                const FieldValue candidate = evaluate(list_[member], row);
                if (comparable(value, candidate) && value == candidate)
                    return true;
            }
            return false;
        }
        case Operator::like: {
            const FieldValue value = left();
            const auto* text = std::get_if<std::string_view>(&value);
            return text != nullptr && glob_match(nodes_[node.right].text, *text);
        }
        case Operator::add:
            return arithmetic('+', left(), right());
        case Operator::subtract:
            return arithmetic('-', left(), right());
        case Operator::multiply:
            return arithmetic('*', left(), right());
        case Operator::divide:
            return arithmetic('/', left(), right());
        case Operator::floor_divide:
            return arithmetic('f', left(), right());
        case Operator::remainder:
            return arithmetic('%', left(), right());
        default:
            break;
    }
    const FieldValue a = left();
    const FieldValue b = right();
    if (missing(a) || missing(b))
        return false;
    if (node.op == Operator::equal)
        return a == b;
    if (node.op == Operator::unequal)
        return a != b;
    if (!comparable(a, b))
        return false;
    switch (node.op) {
        case Operator::less:
            return a < b;
        case Operator::less_equal:
            return a <= b;
        case Operator::greater:
            return a > b;
        default:
            return a >= b;
    }
}

}  // namespace specsweep::sweep
