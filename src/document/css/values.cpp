#include "document/css/values.h"

#include <algorithm>
#include <cmath>

namespace galley::document {

namespace {

using Type = CssTokenType;

constexpr int kCalcDepthMax = 32;
const CssToken kEnd{};

// A calc() operand: a plain number, or a length with a share of percent.
struct CalcValue {
    bool is_length = false;
    double number = 0;  // when !is_length
    LengthValue length;
};

class Calculator {
 public:
    Calculator(const LengthContext& context, Percentages percentages) : context_(context), percentages_(percentages) {}

    std::optional<CalcValue> sum(CssCursor& cursor, int depth) {
        std::optional<CalcValue> left = product(cursor, depth);
        while (left && (cursor.peek().is_delim('+') || cursor.peek().is_delim('-'))) {
            const double sign = cursor.take().delim == '+' ? 1 : -1;
            const std::optional<CalcValue> right = product(cursor, depth);
            if (!right || right->is_length != left->is_length) return std::nullopt;
            left->number += sign * right->number;
            left->length.px += sign * right->length.px;
            left->length.percent += sign * right->length.percent;
            left->length.has_percent |= right->length.has_percent;
        }
        return left;
    }

    // calc(…), min(…), max(…), clamp(…) or a bracket at the cursor.
    std::optional<CalcValue> function(CssCursor& cursor, int depth) {
        if (depth > kCalcDepthMax) return std::nullopt;
        const CssToken& token = cursor.peek();
        const CssTokens all = cursor.take_component();
        CssCursor inner(all.subspan(1, all.size() - 2));
        if (token.is(Type::OpenParen) || css_equals(token.text, "calc")) {
            const std::optional<CalcValue> value = sum(inner, depth + 1);
            return inner.done() ? value : std::nullopt;
        }
        return comparison(token.text, inner, depth);
    }

    static bool starts(const CssToken& token) {
        return token.is(Type::Function) && (css_equals(token.text, "calc") || css_equals(token.text, "min") ||
                                            css_equals(token.text, "max") || css_equals(token.text, "clamp"));
    }

 private:
    static void scale(CalcValue& value, double factor) {
        value.number *= factor;
        value.length.px *= factor;
        value.length.percent *= factor;
    }

    std::optional<CalcValue> product(CssCursor& cursor, int depth) {
        std::optional<CalcValue> left = operand(cursor, depth);
        while (left && (cursor.peek().is_delim('*') || cursor.peek().is_delim('/'))) {
            const bool divide = cursor.take().delim == '/';
            std::optional<CalcValue> right = operand(cursor, depth);
            if (!right) return std::nullopt;
            if (!divide && right->is_length) std::swap(left, right);
            if (right->is_length || (divide && right->number == 0)) return std::nullopt;
            scale(*left, divide ? 1 / right->number : right->number);
        }
        return left;
    }

    std::optional<CalcValue> operand(CssCursor& cursor, int depth) {
        const CssToken& token = cursor.peek();
        if (token.is(Type::OpenParen) || starts(token)) return function(cursor, depth);
        CalcValue out;
        if (token.is(Type::Number)) {
            out.number = cursor.take().number;
            return out;
        }
        out.is_length = true;
        if (token.is(Type::Percentage) && percentages_ == Percentages::Allowed) {
            out.length = {0, cursor.take().number, true};
            return out;
        }
        if (!token.is(Type::Dimension)) return std::nullopt;
        const std::optional<double> px = length_in_px(token.number, token.unit, context_);
        if (!px) return std::nullopt;
        cursor.take();
        out.length.px = *px;
        return out;
    }

    // The key to compare by; arguments must all be px, all percent or all numbers.
    static std::optional<double> comparable(const CalcValue& value, const CalcValue& first) {
        if (value.is_length != first.is_length || value.length.has_percent != first.length.has_percent)
            return std::nullopt;
        if (!value.is_length) return value.number;
        if (!value.length.has_percent) return value.length.px;
        return value.length.px == 0 ? std::optional(value.length.percent) : std::nullopt;
    }

    std::optional<CalcValue> comparison(std::string_view name, CssCursor& inner, int depth) {
        std::vector<CalcValue> values;
        std::vector<double> keys;
        while (!inner.done()) {
            CssCursor argument(inner.take_until_comma());
            const std::optional<CalcValue> value = sum(argument, depth + 1);
            if (!value || !argument.done()) return std::nullopt;
            values.push_back(*value);
            const std::optional<double> key = comparable(*value, values.front());
            if (!key) return std::nullopt;
            keys.push_back(*key);
        }
        if (values.empty()) return std::nullopt;
        if (css_equals(name, "clamp")) {
            if (values.size() != 3) return std::nullopt;
            const std::size_t upper = keys[1] > keys[2] ? 2 : 1;
            return keys[0] > keys[upper] ? values[0] : values[upper];
        }
        const auto best = css_equals(name, "min") ? std::ranges::min_element(keys) : std::ranges::max_element(keys);
        return values[static_cast<std::size_t>(best - keys.begin())];
    }

    const LengthContext& context_;
    Percentages percentages_;
};

std::optional<CalcValue> read_calc(CssCursor& cursor, const LengthContext& context, Percentages percentages) {
    if (!Calculator::starts(cursor.peek())) return std::nullopt;
    CssCursor trial = cursor;
    const std::optional<CalcValue> value = Calculator(context, percentages).function(trial, 0);
    if (value) cursor = trial;
    return value;
}

}  // namespace

const CssToken& CssCursor::peek() const {
    return tokens_.empty() ? kEnd : tokens_.front();
}

void CssCursor::skip_space() {
    while (!tokens_.empty() && tokens_.front().is(Type::Whitespace)) tokens_ = tokens_.subspan(1);
}

const CssToken& CssCursor::take() {
    const CssToken& token = peek();
    if (!tokens_.empty()) tokens_ = tokens_.subspan(1);
    skip_space();
    return token;
}

bool CssCursor::take_ident(std::string_view lower) {
    if (!peek().is(Type::Ident) || !css_equals(peek().text, lower)) return false;
    take();
    return true;
}

bool CssCursor::take_delim(char c) {
    if (!peek().is_delim(c)) return false;
    take();
    return true;
}

bool CssCursor::take_comma() {
    if (!peek().is(Type::Comma)) return false;
    take();
    return true;
}

std::optional<CssCursor> CssCursor::take_function(std::string_view lower) {
    if (!peek().is(Type::Function) || !css_equals(peek().text, lower)) return std::nullopt;
    const CssTokens all = take_component();
    return CssCursor(all.subspan(1, all.size() - 2));
}

CssTokens CssCursor::take_component() {
    if (tokens_.empty()) return {};
    const std::size_t length = tokens_.front().is_opener() ? tokens_.front().length : 1;
    const CssTokens out = tokens_.first(length);
    tokens_ = tokens_.subspan(length);
    skip_space();
    return out;
}

// Separators in brackets do not count.
template <typename Ends>
CssTokens CssCursor::take_until(Ends ends) {
    CssTokens out = tokens_;
    std::size_t length = 0;
    while (length < out.size() && !ends(out[length])) length += out[length].is_opener() ? out[length].length : 1;
    tokens_ = out.subspan(length);
    out = out.first(length);
    while (!out.empty() && out.back().is(Type::Whitespace)) out = out.first(out.size() - 1);
    return out;
}

CssTokens CssCursor::take_until_comma() {
    const CssTokens out = take_until([](const CssToken& token) { return token.is(Type::Comma); });
    take_comma();
    return out;
}

CssTokens CssCursor::take_until_slash() {
    return take_until([](const CssToken& token) { return token.is_delim('/'); });
}

std::optional<double> length_in_px(double value, CssUnit unit, const LengthContext& context) {
    switch (unit) {
        case CssUnit::Px:
            return value;
        case CssUnit::Pt:
            return value * 96 / 72;
        case CssUnit::Pc:
            return value * 16;
        case CssUnit::In:
            return value * 96;
        case CssUnit::Cm:
            return value * 96 / 2.54;
        case CssUnit::Mm:
            return value * 96 / 25.4;
        case CssUnit::Q:
            return value * 96 / 101.6;
        case CssUnit::Em:
            return value * context.font_size_px;
        case CssUnit::Rem:
            return value * context.root_font_size_px;
        case CssUnit::Ex:
            return value * context.font_size_px * (context.font != nullptr ? context.font->x_height() : 0.5);
        case CssUnit::Ch:
            return value * context.font_size_px * (context.font != nullptr ? context.font->zero_width() : 0.5);
        case CssUnit::Lh:
            return value * context.line_height_px;
        case CssUnit::Vw:
            return value * context.viewport_width_px / 100;
        case CssUnit::Vh:
            return value * context.viewport_height_px / 100;
        case CssUnit::Vmin:
            return value * std::min(context.viewport_width_px, context.viewport_height_px) / 100;
        case CssUnit::Vmax:
            return value * std::max(context.viewport_width_px, context.viewport_height_px) / 100;
        default:
            return std::nullopt;
    }
}

std::optional<LengthValue> read_length(CssCursor& cursor, const LengthContext& context, Percentages percentages) {
    const CssToken& token = cursor.peek();
    if (token.is(Type::Dimension)) {
        const std::optional<double> px = length_in_px(token.number, token.unit, context);
        if (!px) return std::nullopt;
        cursor.take();
        return LengthValue{*px, 0, false};
    }
    if (token.is(Type::Percentage) && percentages == Percentages::Allowed)
        return LengthValue{0, cursor.take().number, true};
    if (token.is(Type::Number) && token.number == 0) {
        cursor.take();
        return LengthValue{};
    }
    CssCursor trial = cursor;
    const std::optional<CalcValue> value = read_calc(trial, context, percentages);
    if (!value || !value->is_length) return std::nullopt;
    cursor = trial;
    return value->length;
}

std::optional<double> read_number(CssCursor& cursor) {
    if (cursor.peek().is(Type::Number)) return cursor.take().number;
    CssCursor trial = cursor;
    const std::optional<CalcValue> value = read_calc(trial, LengthContext{}, Percentages::Refused);
    if (!value || value->is_length) return std::nullopt;
    cursor = trial;
    return value->number;
}

std::optional<int> read_integer(CssCursor& cursor) {
    const CssToken& token = cursor.peek();
    if (!token.is(Type::Number) || !token.is_integer) return std::nullopt;
    return static_cast<int>(std::clamp(cursor.take().number, -1e9, 1e9));
}

std::optional<double> read_percentage(CssCursor& cursor) {
    if (!cursor.peek().is(Type::Percentage)) return std::nullopt;
    return cursor.take().number;
}

std::optional<double> read_angle(CssCursor& cursor) {
    const CssToken& token = cursor.peek();
    if (token.is(Type::Number) && token.number == 0) return cursor.take().number;
    if (!token.is(Type::Dimension)) return std::nullopt;
    double factor = 0;
    switch (token.unit) {
        case CssUnit::Deg:
            factor = 1;
            break;
        case CssUnit::Grad:
            factor = 0.9;
            break;
        case CssUnit::Rad:
            factor = 57.29577951308232;
            break;
        case CssUnit::Turn:
            factor = 360;
            break;
        default:
            return std::nullopt;
    }
    return cursor.take().number * factor;
}

}  // namespace galley::document
