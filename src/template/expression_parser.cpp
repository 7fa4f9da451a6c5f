#include "template/expression_parser.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>

#include "template/filters.h"
#include "template/template.h"

namespace galley::templates {

namespace {

constexpr std::array<std::string_view, 9> kReservedWords{"and", "or", "not", "if", "else", "elif", "in", "is", "for"};

constexpr std::array<std::pair<std::string_view, Op>, 6> kComparisons{{{"==", Op::Equal},
                                                                       {"!=", Op::NotEqual},
                                                                       {"<", Op::Less},
                                                                       {"<=", Op::LessEqual},
                                                                       {">", Op::Greater},
                                                                       {">=", Op::GreaterEqual}}};

constexpr std::array<std::pair<std::string_view, LoopField>, 7> kLoopFields{{{"index", LoopField::Index},
                                                                             {"index0", LoopField::Index0},
                                                                             {"first", LoopField::First},
                                                                             {"last", LoopField::Last},
                                                                             {"length", LoopField::Length},
                                                                             {"revindex", LoopField::ReverseIndex},
                                                                             {"revindex0", LoopField::ReverseIndex0}}};

// In Jinja a dot finds these methods of Python's dict before a member of that name.
constexpr std::array<std::string_view, 11> kDictMethods{"clear", "copy",    "fromkeys",   "get",    "items", "keys",
                                                        "pop",   "popitem", "setdefault", "update", "values"};

std::optional<Op> comparison_of(const Token& token) {
    if (token.kind != TokenKind::Operator) return std::nullopt;
    for (const auto& [sign, op] : kComparisons) {
        if (sign == token.text) return op;
    }
    return std::nullopt;
}

std::optional<Value> constant_of(std::string_view word) {
    if (word == "true" || word == "True") return Value(true);
    if (word == "false" || word == "False") return Value(false);
    if (word == "none" || word == "None") return Value(None{});
    return std::nullopt;
}

}  // namespace

bool is_reserved_word(std::string_view word) {
    return std::ranges::find(kReservedWords, word) != kReservedWords.end() || constant_of(word).has_value();
}

Result<void> ExpressionParser::check_limits() const {
    if (depth_ > kTemplateNestingMax) {
        return reader_.error_at(reader_.peek(), "expressions nest deeper than " + std::to_string(kTemplateNestingMax),
                                ErrorCode::LimitExceeded);
    }
    if (code_.is_full()) return reader_.error_at(reader_.peek(), "template is too long", ErrorCode::LimitExceeded);
    return {};
}

// value if condition else otherwise: the condition runs first, so the value's code is moved behind it.
Result<void> ExpressionParser::conditional() {
    const Level level(depth_);
    GALLEY_TRY_VOID(check_limits());
    const std::size_t start = code_.here();
    GALLEY_TRY_VOID(either());
    if (!reader_.take_word("if")) return {};

    const std::vector<Instruction> value = code_.cut(start);
    GALLEY_TRY_VOID(either());
    const std::uint32_t line = reader_.line();
    const std::size_t to_else = code_.emit(Op::JumpIfFalse, line);
    code_.paste(value);
    const std::size_t to_end = code_.emit(Op::Jump, line);
    code_.patch_jump(to_else);
    if (reader_.take_word("else")) {
        GALLEY_TRY_VOID(conditional());
    } else {
        code_.emit_constant(line, Value());
    }
    code_.patch_jump(to_end);
    return {};
}

Result<void> ExpressionParser::either() {
    GALLEY_TRY_VOID(both());
    std::vector<std::size_t> to_end;
    while (reader_.take_word("or")) {
        to_end.push_back(code_.emit(Op::JumpIfTrueOrPop, reader_.line()));
        GALLEY_TRY_VOID(both());
    }
    for (const std::size_t jump : to_end) code_.patch_jump(jump);
    return {};
}

Result<void> ExpressionParser::both() {
    GALLEY_TRY_VOID(negation());
    std::vector<std::size_t> to_end;
    while (reader_.take_word("and")) {
        to_end.push_back(code_.emit(Op::JumpIfFalseOrPop, reader_.line()));
        GALLEY_TRY_VOID(negation());
    }
    for (const std::size_t jump : to_end) code_.patch_jump(jump);
    return {};
}

Result<void> ExpressionParser::negation() {
    bool negated = false;
    bool any = false;
    while (reader_.take_word("not")) {
        negated = !negated;
        any = true;
    }
    GALLEY_TRY_VOID(comparison());
    // "not not x" is the truth of x, no longer x itself.
    if (any) code_.emit(Op::Not, reader_.line());
    if (any && !negated) code_.emit(Op::Not, reader_.line());
    return {};
}

Result<void> ExpressionParser::comparison() {
    GALLEY_TRY_VOID(unary());
    const std::optional<Op> op = comparison_of(reader_.peek());
    if (!op) {
        const bool is_membership = reader_.is_word("in") || reader_.is_word("not");
        if (is_membership) return reader_.unsupported("\"in\" is not offered yet");
        return {};
    }
    reader_.take();
    GALLEY_TRY_VOID(unary());
    code_.emit(*op, reader_.line());
    if (comparison_of(reader_.peek())) return reader_.unsupported("compare two values at a time; join with \"and\"");
    return {};
}

Result<void> ExpressionParser::unary() {
    const bool negative = reader_.take_sign("-");
    GALLEY_TRY_VOID(check_limits());
    GALLEY_TRY_VOID(primary());
    GALLEY_TRY_VOID(postfixes());
    if (negative) code_.emit(Op::Negate, reader_.line());
    return filters_and_tests();
}

Result<void> ExpressionParser::primary() {
    switch (reader_.peek().kind) {
        case TokenKind::Name:
            return name();
        case TokenKind::Integer:
        case TokenKind::Float:
            return number();
        case TokenKind::String: {
            const std::uint32_t line = reader_.line();
            code_.emit_text(Op::PushText, line, reader_.take().text);
            if (reader_.peek().kind == TokenKind::String)
                return reader_.unsupported("texts are not joined by themselves");
            return {};
        }
        default:
            break;
    }
    if (reader_.is_sign("[") || reader_.is_sign("{"))
        return reader_.unsupported("list and dict literals are not offered yet");
    if (!reader_.take_sign("(")) return reader_.error("expected a value" + reader_.found());
    GALLEY_TRY_VOID(conditional());
    if (reader_.is_sign(",")) return reader_.unsupported("tuples are not offered yet");
    return reader_.expect_sign(")");
}

Result<void> ExpressionParser::name() {
    const std::uint32_t line = reader_.line();
    const std::string_view word = reader_.peek().text;
    if (std::optional<Value> constant = constant_of(word)) {
        reader_.take();
        code_.emit_constant(line, std::move(*constant));
        return {};
    }
    if (is_reserved_word(word)) return reader_.error("expected a value" + reader_.found());
    reader_.take();
    for (std::size_t frame = loops_.size(); frame-- > 0;) {
        if (loops_[frame] != word) continue;
        code_.emit(Op::LoadLoopItem, line, frame);
        return {};
    }
    if (word == "loop" && !loops_.empty()) {
        GALLEY_TRY(const bool is_field, loop_field());
        if (is_field) return {};
        return reader_.unsupported(
            "of \"loop\" only index, index0, first, last, length, revindex, revindex0 are offered");
    }
    code_.emit_text(Op::LoadVariable, line, word);
    return {};
}

Result<bool> ExpressionParser::loop_field() {
    if (!reader_.take_sign(".")) return false;
    for (const auto& [field_name, field] : kLoopFields) {
        if (!reader_.is_word(field_name)) continue;
        code_.emit(Op::LoadLoopField, reader_.line(), loops_.size() - 1, static_cast<std::size_t>(field));
        reader_.take();
        return true;
    }
    return false;
}

Result<void> ExpressionParser::number() {
    const std::uint32_t line = reader_.line();
    const Token& token = reader_.peek();
    const char* const end = token.text.data() + token.text.size();
    std::int64_t integer = 0;
    double real = 0;
    const bool is_float = token.kind == TokenKind::Float;
    const auto parsed =
        is_float ? std::from_chars(token.text.data(), end, real) : std::from_chars(token.text.data(), end, integer);
    if (parsed.ec != std::errc() || parsed.ptr != end) return reader_.error("number is too large");
    code_.emit_constant(line, is_float ? Value(real) : Value(integer));
    reader_.take();
    return {};
}

Result<void> ExpressionParser::postfixes() {
    for (;;) {
        GALLEY_TRY_VOID(check_limits());
        if (reader_.take_sign(".")) {
            GALLEY_TRY_VOID(dot());
        } else if (reader_.take_sign("[")) {
            GALLEY_TRY_VOID(subscript());
        } else if (reader_.is_sign("(")) {
            return reader_.unsupported("only \"…\".format(…) can be called");
        } else {
            return {};
        }
    }
}

Result<void> ExpressionParser::dot() {
    const std::uint32_t line = reader_.line();
    if (reader_.peek().kind != TokenKind::Name) return reader_.error("expected a name after the dot" + reader_.found());
    const std::string_view member = reader_.peek().text;
    if (std::ranges::find(kDictMethods, member) != kDictMethods.end()) {
        return reader_.unsupported("\"." + std::string(member) + "\" is a method of dicts; write [\"" +
                                   std::string(member) + "\"] for the member");
    }
    reader_.take();
    if (reader_.is_sign("(")) return method(member);
    code_.emit_text(Op::Member, line, member);
    return {};
}

Result<void> ExpressionParser::method(std::string_view name_text) {
    if (name_text != "format") return reader_.unsupported("only \"…\".format(…) can be called");
    const std::uint32_t line = reader_.line();
    GALLEY_TRY(const std::size_t count, arguments());
    code_.emit(Op::Format, line, 0, count);
    return {};
}

Result<void> ExpressionParser::subscript() {
    const std::uint32_t line = reader_.line();
    const bool open_start = reader_.is_sign(":");
    if (open_start) {
        code_.emit_constant(line, Value(None{}));
    } else {
        GALLEY_TRY_VOID(conditional());
    }
    if (!reader_.take_sign(":")) {
        code_.emit(Op::Item, line);
        if (reader_.is_sign(",")) return reader_.unsupported("one index at a time");
        return reader_.expect_sign("]");
    }
    GALLEY_TRY_VOID(slice_bound());
    code_.emit(Op::Slice, line);
    if (reader_.is_sign(":")) return reader_.unsupported("slices have no step yet");
    return reader_.expect_sign("]");
}

Result<void> ExpressionParser::slice_bound() {
    if (!reader_.is_sign("]") && !reader_.is_sign(":")) return conditional();
    code_.emit_constant(reader_.line(), Value(None{}));
    return {};
}

Result<void> ExpressionParser::filters_and_tests() {
    for (;;) {
        GALLEY_TRY_VOID(check_limits());
        if (reader_.take_sign("|")) {
            GALLEY_TRY_VOID(filter());
        } else if (reader_.take_word("is")) {
            GALLEY_TRY_VOID(test());
        } else {
            break;
        }
    }
    constexpr std::array<std::string_view, 7> kArithmetic{"+", "-", "*", "/", "//", "%", "~"};
    const bool is_arithmetic =
        std::ranges::any_of(kArithmetic, [this](std::string_view s) { return reader_.is_sign(s); });
    if (is_arithmetic) return reader_.unsupported("arithmetic and ~ are not offered yet");
    return {};
}

Result<void> ExpressionParser::filter() {
    const std::uint32_t line = reader_.line();
    const Token& token = reader_.peek();
    if (token.kind != TokenKind::Name) return reader_.error("expected a filter's name" + reader_.found());
    const std::optional<FilterInfo> info = find_filter(token.text);
    if (!info) return reader_.unsupported("filter \"" + token.text.substr(0, 40) + "\" is not offered");
    reader_.take();
    std::size_t count = 0;
    if (reader_.is_sign("(")) {
        GALLEY_TRY(count, arguments());
    }
    if (count < info->arguments_min || count > info->arguments_max) {
        return reader_.error_at(token, "filter \"" + token.text + "\" takes other arguments");
    }
    code_.emit(Op::Filter, line, info->index, count);
    return {};
}

Result<void> ExpressionParser::test() {
    const std::uint32_t line = reader_.line();
    const bool negated = reader_.take_word("not");
    const bool undefined = reader_.is_word("undefined");
    if (reader_.is_word("defined") || undefined) {
        code_.emit(Op::IsDefined, line);
    } else if (reader_.is_word("none")) {
        code_.emit(Op::IsNone, line);
    } else {
        return reader_.unsupported("of the tests only defined, undefined and none are offered");
    }
    reader_.take();
    if (negated != undefined) code_.emit(Op::Not, line);
    return {};
}

Result<std::size_t> ExpressionParser::arguments() {
    GALLEY_TRY_VOID(reader_.expect_sign("("));
    std::size_t count = 0;
    while (!reader_.take_sign(")")) {
        if (count > 0) GALLEY_TRY_VOID(reader_.expect_sign(","));
        if (count > 0 && reader_.take_sign(")")) break;
        GALLEY_TRY_VOID(conditional());
        if (reader_.is_sign("=")) return reader_.unsupported("arguments are given by place, not by name");
        if (++count > kCallArgumentsMax) return reader_.error("too many arguments");
    }
    return count;
}

}  // namespace galley::templates
