#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sweep/fields.hpp"

namespace specsweep::sweep {

/// A condition or formula over the fields of a point. It is data: parsed once, checked against the catalogue, never run
/// as code, without loops or side effects.
///
///   or, and, not;  == != < <= > >=;  in [a, b];  like 'pattern*';  + - * / // %;  ( );  true, false
///   numbers, 'texts', words (`mlp_up`: a text wherever a field stands on the other side), 1xN (the number N)
///
/// A comparison with a field that the point lacks is false, whatever the operator; arithmetic with it, and division by
/// zero, give a missing value.
class Expression {
public:
    enum class Result { condition, value };

    /// @throws UsageError naming the character: syntax, unknown field (nearest name), a number compared with a text, a
    /// word
    ///         that the field cannot be, a condition where a value is wanted.
    static Expression parse(std::string_view text, const FieldCatalogue&, Result);

    const std::string& text() const { return text_; }
    std::span<const std::size_t> slots() const { return slots_; }  ///< fields it uses, ascending, once each

    /// @param row one value per slot of the catalogue it was parsed with. Texts in the result live as long as both.
    FieldValue evaluate(std::span<const FieldValue> row) const;
    /// For conditions.
    bool holds(std::span<const FieldValue> row) const;

private:
    friend class ExpressionParser;

    enum class Operator {
        number,
        text,
        boolean,
        field,
        list,
        logical_or,
        logical_and,
        logical_not,
        negate,
        equal,
        unequal,
        less,
        less_equal,
        greater,
        greater_equal,
        in,
        like,
        add,
        subtract,
        multiply,
        divide,
        floor_divide,
        remainder,
    };

    /// Operands come before their operator; the last node is the whole.
    struct Node {
        Operator op;
        std::size_t left = 0, right = 0;  ///< nodes; of a list: first and past-the-end in list_
        double number = 0;
        std::string text = {};
        std::size_t slot = 0;
    };

    FieldValue evaluate(std::size_t node, std::span<const FieldValue> row) const;

    std::string text_;
    std::vector<Node> nodes_;
    std::vector<std::size_t> list_;  ///< members of `in [ … ]`, as nodes
    std::vector<std::size_t> slots_;
};

}  // namespace specsweep::sweep
