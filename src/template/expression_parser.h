// src/template/expression_parser.h — expressions into instructions that leave one value on the stack.
//
// Shape    parse() reads from the reader as far as the expression goes. `loops` names the loop variables in sight,
//          outermost first: they become frame numbers, and `loop.index` a field of the innermost frame.
// Errors   InvalidInput, Unsupported, LimitExceeded, with the place.
// Threads  one.
// Limits   kTemplateNestingMax; arguments of one call: kCallArgumentsMax.
// Source   the precedence of Jinja 3: if-else, or, and, not, comparison, unary, postfix, filter and test.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "template/code_builder.h"
#include "template/token_reader.h"

namespace galley::templates {

inline constexpr std::size_t kCallArgumentsMax = 16;

// The words that cannot be variables.
bool is_reserved_word(std::string_view word);

class ExpressionParser {
 public:
    ExpressionParser(TokenReader& reader, CodeBuilder& code, const std::vector<std::string>& loops)
        : reader_(reader), code_(code), loops_(loops) {}

    Result<void> parse() { return conditional(); }
    // Without the inline if: what {% for x in … %} takes, whose own `if` filters the loop.
    Result<void> parse_without_if() { return either(); }

 private:
    Result<void> conditional();
    Result<void> either();
    Result<void> both();
    Result<void> negation();
    Result<void> comparison();
    Result<void> unary();
    Result<void> primary();
    Result<void> name();
    Result<bool> loop_field();
    Result<void> number();
    Result<void> postfixes();
    Result<void> dot();
    Result<void> method(std::string_view name_text);
    Result<void> subscript();
    Result<void> slice_bound();
    Result<void> filters_and_tests();
    Result<void> filter();
    Result<void> test();
    Result<std::size_t> arguments();

    // Counts one level of nesting for as long as it lives.
    class Level {
     public:
        explicit Level(std::size_t& depth) : depth_(depth) { ++depth_; }
        ~Level() { --depth_; }
        Level(const Level&) = delete;
        Level& operator=(const Level&) = delete;

     private:
        std::size_t& depth_;
    };
    Result<void> check_limits() const;

    TokenReader& reader_;
    CodeBuilder& code_;
    const std::vector<std::string>& loops_;
    std::size_t depth_ = 0;
};

}  // namespace galley::templates
