#include "document/css/token.h"

#include <algorithm>
#include <charconv>
#include <iterator>

#include "codec/utf8.h"

namespace galley::document {

namespace {

using Type = CssTokenType;

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
bool is_hex(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}
bool is_space(char c) {
    return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f';
}
bool is_name_start(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}
bool is_name(char c) {
    return is_name_start(c) || is_digit(c) || c == '-';
}

struct UnitName {
    std::string_view name;
    CssUnit unit;
};
constexpr UnitName kUnits[] = {
    {"px", CssUnit::Px},     {"pt", CssUnit::Pt},     {"mm", CssUnit::Mm},     {"em", CssUnit::Em},
    {"rem", CssUnit::Rem},   {"cm", CssUnit::Cm},     {"in", CssUnit::In},     {"pc", CssUnit::Pc},
    {"q", CssUnit::Q},       {"ex", CssUnit::Ex},     {"ch", CssUnit::Ch},     {"lh", CssUnit::Lh},
    {"vw", CssUnit::Vw},     {"vh", CssUnit::Vh},     {"vmin", CssUnit::Vmin}, {"vmax", CssUnit::Vmax},
    {"deg", CssUnit::Deg},   {"grad", CssUnit::Grad}, {"rad", CssUnit::Rad},   {"turn", CssUnit::Turn},
    {"s", CssUnit::S},       {"ms", CssUnit::Ms},     {"dpi", CssUnit::Dpi},   {"dpcm", CssUnit::Dpcm},
    {"dppx", CssUnit::Dppx}, {"x", CssUnit::Dppx}};

CssUnit find_unit(std::string_view name) {
    for (const UnitName& unit : kUnits)
        if (css_equals(name, unit.name)) return unit.unit;
    return CssUnit::Unknown;
}

class Scanner {
 public:
    Scanner(std::string_view text, std::deque<std::string>& keep) : text_(text), keep_(keep) {}

    std::vector<CssToken> run() {
        out_.reserve(text_.size() / 4 + 8);
        while (at_ < text_.size()) read_token();
        return std::move(out_);
    }

 private:
    char peek(std::size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }

    CssToken& add(Type type) {
        CssToken& token = out_.emplace_back();
        token.type = type;
        token.offset = static_cast<std::uint32_t>(start_);
        return token;
    }

    void read_token() {
        start_ = at_;
        const char c = text_[at_];
        if (is_space(c)) return read_space();
        if (c == '/' && peek(1) == '*') return skip_comment();
        if (c == '"' || c == '\'') return read_string(c);
        if (c == '-' && text_.substr(at_, 3) == "-->") return add_fixed(Type::Cdc, 3);
        if (starts_number(0)) return read_number();
        if (starts_ident(0)) return read_ident();
        if (c == '#' && (is_name(peek(1)) || is_escape(1))) return read_hash();
        if (c == '@' && starts_ident(1)) {
            ++at_;
            const std::string_view name = read_name();
            add(Type::AtKeyword).text = name;
            return;
        }
        if (c == '<' && text_.substr(at_, 4) == "<!--") return add_fixed(Type::Cdo, 4);
        read_punctuation(c);
    }

    void add_fixed(Type type, std::size_t length) {
        add(type);
        at_ += length;
    }

    void read_punctuation(char c) {
        ++at_;
        switch (c) {
            case ':':
                add(Type::Colon);
                return;
            case ';':
                add(Type::Semicolon);
                return;
            case ',':
                add(Type::Comma);
                return;
            case '(':
                add(Type::OpenParen);
                return;
            case ')':
                add(Type::CloseParen);
                return;
            case '[':
                add(Type::OpenSquare);
                return;
            case ']':
                add(Type::CloseSquare);
                return;
            case '{':
                add(Type::OpenCurly);
                return;
            case '}':
                add(Type::CloseCurly);
                return;
            default:
                add(Type::Delim).delim = c;
                return;
        }
    }

    void read_space() {
        while (at_ < text_.size() && is_space(text_[at_])) ++at_;
        add(Type::Whitespace);
    }

    void skip_comment() {
        const std::size_t end = text_.find("*/", at_ + 2);
        at_ = end == std::string_view::npos ? text_.size() : end + 2;
    }

    bool is_escape(std::size_t ahead) const {
        return peek(ahead) == '\\' && at_ + ahead + 1 < text_.size() && text_[at_ + ahead + 1] != '\n';
    }

    bool starts_ident(std::size_t ahead) const {
        if (peek(ahead) == '-') return is_name_start(peek(ahead + 1)) || peek(ahead + 1) == '-' || is_escape(ahead + 1);
        return is_name_start(peek(ahead)) || is_escape(ahead);
    }

    bool starts_number(std::size_t ahead) const {
        if (peek(ahead) == '+' || peek(ahead) == '-') ++ahead;
        if (peek(ahead) == '.') ++ahead;
        return is_digit(peek(ahead));
    }

    std::string_view read_name() {
        const std::size_t from = at_;
        while (at_ < text_.size() && is_name(text_[at_])) ++at_;
        if (!is_escape(0)) return text_.substr(from, at_ - from);
        std::string name(text_.substr(from, at_ - from));
        while (at_ < text_.size()) {
            if (is_name(text_[at_])) {
                name += text_[at_++];
            } else if (is_escape(0)) {
                read_escape(name);
            } else {
                break;
            }
        }
        return keep_.emplace_back(std::move(name));
    }

    // At the backslash.
    void read_escape(std::string& out) {
        ++at_;
        if (!is_hex(peek())) {
            out += text_[at_++];
            return;
        }
        std::uint32_t code = 0;
        for (int i = 0; i < 6 && is_hex(peek()); ++i, ++at_) {
            const char c = css_lower(text_[at_]);
            code = code * 16 + static_cast<std::uint32_t>(is_digit(c) ? c - '0' : c - 'a' + 10);
        }
        if (is_space(peek()) && at_ < text_.size()) ++at_;
        const bool bad = code == 0 || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF);
        codec::append_utf8(out, bad ? 0xFFFD : code);
    }

    void read_string(char quote) {
        const std::size_t from = ++at_;
        std::string copy;
        bool copied = false;
        while (at_ < text_.size() && text_[at_] != quote) {
            if (text_[at_] == '\n') {
                add(Type::BadString);
                return;
            }
            if (text_[at_] != '\\') {
                if (copied) copy += text_[at_];
                ++at_;
                continue;
            }
            if (!copied) copy.assign(text_.substr(from, at_ - from));
            copied = true;
            if (at_ + 1 >= text_.size()) {
                ++at_;
            } else if (text_[at_ + 1] == '\n') {
                at_ += 2;
            } else {
                read_escape(copy);
            }
        }
        const std::string_view content =
            copied ? std::string_view(keep_.emplace_back(std::move(copy))) : text_.substr(from, at_ - from);
        if (at_ < text_.size()) ++at_;
        add(Type::String).text = content;
    }

    void read_number() {
        std::size_t end = at_ + (text_[at_] == '+' || text_[at_] == '-' ? 1 : 0);
        bool integer = true;
        const auto digits = [&] {
            while (end < text_.size() && is_digit(text_[end])) ++end;
        };
        digits();
        if (end + 1 < text_.size() && text_[end] == '.' && is_digit(text_[end + 1])) {
            integer = false;
            ++end;
            digits();
        }
        std::size_t exponent = end + 1;
        if (end < text_.size() && css_lower(text_[end]) == 'e') {
            if (exponent < text_.size() && (text_[exponent] == '+' || text_[exponent] == '-')) ++exponent;
            if (exponent < text_.size() && is_digit(text_[exponent])) {
                integer = false;
                end = exponent;
                digits();
            }
        }
        double value = 0;
        const char* from = text_.data() + at_ + (text_[at_] == '+' ? 1 : 0);
        std::from_chars(from, text_.data() + end, value);  // out of range leaves 0
        at_ = end;
        finish_number(value, integer);
    }

    void finish_number(double value, bool integer) {
        if (peek() == '%') {
            ++at_;
            add(Type::Percentage).number = value;
            return;
        }
        if (!starts_ident(0)) {
            CssToken& token = add(Type::Number);
            token.number = value;
            token.is_integer = integer;
            return;
        }
        const std::string_view unit = read_name();
        CssToken& token = add(Type::Dimension);
        token.number = value;
        token.is_integer = integer;
        token.text = unit;
        token.unit = find_unit(unit);
    }

    void read_hash() {
        ++at_;
        const bool id = starts_ident(0);
        const std::string_view name = read_name();
        CssToken& token = add(Type::Hash);
        token.text = name;
        token.is_id = id;
    }

    void read_ident() {
        const std::string_view name = read_name();
        if (peek() != '(') {
            add(Type::Ident).text = name;
            return;
        }
        ++at_;
        if (css_equals(name, "url")) {
            std::size_t next = at_;
            while (next < text_.size() && is_space(text_[next])) ++next;
            if (next >= text_.size() || (text_[next] != '"' && text_[next] != '\'')) return read_url(next);
        }
        add(Type::Function).text = name;
    }

    void read_url(std::size_t from) {
        at_ = from;
        std::string copy;
        while (at_ < text_.size() && text_[at_] != ')') {
            const char c = text_[at_];
            if (is_escape(0)) {
                read_escape(copy);
                continue;
            }
            if (is_space(c)) {
                while (is_space(peek()) && at_ < text_.size()) ++at_;
                if (at_ >= text_.size() || text_[at_] == ')') break;
                return skip_bad_url();
            }
            if (c == '"' || c == '\'' || c == '(') return skip_bad_url();
            copy += c;
            ++at_;
        }
        if (at_ < text_.size()) ++at_;
        add(Type::Url).text = keep_.emplace_back(std::move(copy));
    }

    void skip_bad_url() {
        while (at_ < text_.size() && text_[at_] != ')') at_ += is_escape(0) ? 2 : 1;
        at_ = std::min(at_ + 1, text_.size());
        add(Type::BadUrl);
    }

    std::string_view text_;
    std::deque<std::string>& keep_;
    std::vector<CssToken> out_;
    std::size_t at_ = 0;
    std::size_t start_ = 0;
};

Type closer_of(Type opener) {
    if (opener == Type::OpenSquare) return Type::CloseSquare;
    if (opener == Type::OpenCurly) return Type::CloseCurly;
    return Type::CloseParen;
}

}  // namespace

bool css_equals(std::string_view text, std::string_view lower) {
    if (text.size() != lower.size()) return false;
    for (std::size_t i = 0; i < text.size(); ++i)
        if (css_lower(text[i]) != lower[i]) return false;
    return true;
}

std::string css_lowered(std::string_view text) {
    std::string out(text);
    std::ranges::transform(out, out.begin(), css_lower);
    return out;
}

void match_brackets(std::vector<CssToken>& tokens) {
    std::vector<std::size_t> open;
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        if (tokens[i].is_opener()) {
            tokens[i].length = 1;
            open.push_back(i);
        } else if (!open.empty() && tokens[i].type == closer_of(tokens[open.back()].type)) {
            tokens[open.back()].length = static_cast<std::uint32_t>(i - open.back() + 1);
            open.pop_back();
        }
    }
    while (!open.empty()) {
        CssToken closer;
        closer.type = closer_of(tokens[open.back()].type);
        closer.offset = tokens.back().offset;
        tokens.push_back(closer);
        tokens[open.back()].length = static_cast<std::uint32_t>(tokens.size() - open.back());
        open.pop_back();
    }
}

std::vector<CssToken> tokenize_css(std::string_view text, std::deque<std::string>& keep) {
    std::vector<CssToken> tokens = Scanner(text, keep).run();
    match_brackets(tokens);
    return tokens;
}

}  // namespace galley::document
