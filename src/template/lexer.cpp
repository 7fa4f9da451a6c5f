#include "template/lexer.h"

#include <array>
#include <charconv>

#include "codec/text_position.h"
#include "codec/utf8.h"
#include "template/template.h"

namespace galley::templates {

namespace {

// DEVIATION: Python also counts U+0085, U+00A0 and the other Unicode spaces.
constexpr std::string_view kSpaces = " \t\n\v\f\r";

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
bool is_name_start(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
bool is_name_part(char c) {
    return is_name_start(c) || is_digit(c);
}

std::string normalised(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\r') {
            out += '\n';
            if (i + 1 < text.size() && text[i + 1] == '\n') ++i;
        } else {
            out += text[i];
        }
    }
    if (out.ends_with('\n')) out.pop_back();
    return out;
}

class Lexer {
 public:
    explicit Lexer(std::string source) : source_(std::move(source)) {}

    Result<TokenizedTemplate> run() {
        while (at_ < source_.size()) GALLEY_TRY_VOID(text_and_tag());
        push(TokenKind::End, "", source_.size());
        return TokenizedTemplate{std::move(source_), std::move(tokens_)};
    }

 private:
    std::unexpected<Error> error_at(std::size_t offset, std::string message,
                                    ErrorCode code = ErrorCode::InvalidInput) const {
        return fail(code, "template: " + std::move(message), codec::text_position(source_, offset).to_string());
    }

    void push(TokenKind kind, std::string text, std::size_t offset) {
        tokens_.push_back({kind, std::move(text), offset});
    }

    std::string_view rest() const { return std::string_view(source_).substr(at_); }

    // Where the next {{, {% or {# stands, or the end.
    std::size_t find_tag() const {
        std::size_t open = source_.find('{', at_);
        while (open != std::string::npos && open + 1 < source_.size()) {
            if (std::string_view("{%#").contains(source_[open + 1])) return open;
            open = source_.find('{', open + 1);
        }
        return source_.size();
    }

    Result<void> text_and_tag() {
        const std::size_t open = find_tag();
        const std::size_t start = at_;
        std::string_view text = std::string_view(source_).substr(start, open - start);
        const bool strips = open + 2 < source_.size() && source_[open + 2] == '-';
        if (strips) text = text.substr(0, text.find_last_not_of(kSpaces) + 1);
        if (!text.empty()) push(TokenKind::Text, std::string(text), start);
        at_ = open;
        if (open == source_.size()) return {};
        const char kind = source_[open + 1];
        if (kind == '#') return comment();
        const bool is_block = kind == '%';
        push(is_block ? TokenKind::BlockBegin : TokenKind::PrintBegin, "", open);
        at_ += 2;
        if (strips || (is_block && rest().starts_with('+'))) ++at_;
        return is_block ? tag("%}", TokenKind::BlockEnd) : tag("}}", TokenKind::PrintEnd);
    }

    Result<void> comment() {
        const std::size_t open = at_;
        const std::size_t close = source_.find("#}", open + 2);
        if (close == std::string::npos) return error_at(open, "comment is not closed by #}");
        at_ = close + 2;
        if (close > open + 2 && source_[close - 1] == '-') skip_spaces();
        return {};
    }

    void skip_spaces() { at_ = std::min(source_.find_first_not_of(kSpaces, at_), source_.size()); }

    // The words up to the end mark, which may carry a - (strip what follows) or a + (do not).
    Result<void> tag(std::string_view end, TokenKind end_kind) {
        const std::size_t open = tokens_.back().offset;
        for (;;) {
            skip_spaces();
            if (rest().empty()) return error_at(open, "tag is not closed by " + std::string(end));
            const bool marked = rest().front() == '-' || (rest().front() == '+' && end_kind == TokenKind::BlockEnd);
            if (!rest().substr(marked ? 1 : 0).starts_with(end)) {
                GALLEY_TRY_VOID(word());
                continue;
            }
            const bool strips = rest().front() == '-';
            push(end_kind, std::string(end), at_);
            at_ += end.size() + (marked ? 1 : 0);
            if (strips) skip_spaces();
            return {};
        }
    }

    Result<void> word() {
        const char c = rest().front();
        if (is_name_start(c)) return name();
        if (is_digit(c)) return number();
        if (c == '"' || c == '\'') return string(c);
        return sign();
    }

    Result<void> name() {
        const std::size_t start = at_;
        while (at_ < source_.size() && is_name_part(source_[at_])) ++at_;
        push(TokenKind::Name, source_.substr(start, at_ - start), start);
        return {};
    }

    Result<void> number() {
        const std::size_t start = at_;
        const auto digits = [this] {
            while (at_ < source_.size() && is_digit(source_[at_])) ++at_;
        };
        digits();
        bool is_float = false;
        if (rest().starts_with('.') && rest().size() > 1 && is_digit(rest()[1])) {
            is_float = true;
            ++at_;
            digits();
        }
        if (at_ < source_.size() && is_name_part(source_[at_])) {
            return error_at(start, "numbers are written in plain digits", ErrorCode::Unsupported);
        }
        push(is_float ? TokenKind::Float : TokenKind::Integer, source_.substr(start, at_ - start), start);
        return {};
    }

    Result<void> string(char quote) {
        const std::size_t start = at_++;
        std::string text;
        while (at_ < source_.size() && source_[at_] != quote) {
            if (source_[at_] == '\\') {
                GALLEY_TRY_VOID(escape(text));
            } else {
                text += source_[at_++];
            }
        }
        if (at_ >= source_.size()) return error_at(start, "text is not closed by its quote");
        ++at_;
        push(TokenKind::String, std::move(text), start);
        return {};
    }

    Result<void> escape(std::string& text) {
        constexpr std::string_view kNames = "nrt\\'\"";
        constexpr std::string_view kMeanings = "\n\r\t\\'\"";
        const std::size_t start = at_++;
        const char c = at_ < source_.size() ? source_[at_] : '\0';
        const std::size_t known = kNames.find(c);
        if (c != '\0' && known != std::string_view::npos) {
            text += kMeanings[known];
            ++at_;
            return {};
        }
        if (c == 'x') return code_point(text, start, 2);
        if (c == 'u') return code_point(text, start, 4);
        return error_at(start, "unknown escape in text", ErrorCode::Unsupported);
    }

    Result<void> code_point(std::string& text, std::size_t start, std::size_t digits) {
        const std::string_view hex = rest().substr(1, digits);
        std::uint32_t value = 0;
        const auto parsed = std::from_chars(hex.data(), hex.data() + hex.size(), value, 16);
        const bool whole = hex.size() == digits && parsed.ec == std::errc() && parsed.ptr == hex.data() + hex.size();
        if (!whole || (value >= 0xD800 && value <= 0xDFFF)) return error_at(start, "bad escape in text");
        codec::append_utf8(text, value);
        at_ += 1 + digits;
        return {};
    }

    Result<void> sign() {
        // Two-character signs first. Those of the full language are tokens too, so that the parser can name them.
        constexpr std::array<std::string_view, 25> kSigns{"==", "!=", "<=", ">=", "//", "**", "<", ">", "=",
                                                          ".",  ",",  ":",  "|",  "(",  ")",  "[", "]", "-",
                                                          "+",  "*",  "/",  "%",  "~",  "{",  "}"};
        for (const std::string_view known : kSigns) {
            if (!rest().starts_with(known)) continue;
            push(TokenKind::Operator, std::string(known), at_);
            at_ += known.size();
            return {};
        }
        return error_at(at_, "unexpected character");
    }

    std::string source_;
    std::size_t at_ = 0;
    std::vector<Token> tokens_;
};

}  // namespace

Result<TokenizedTemplate> tokenize(std::string_view text) {
    if (text.size() > kTemplateBytesMax) {
        return fail(ErrorCode::LimitExceeded, "template: longer than " + std::to_string(kTemplateBytesMax) + " bytes");
    }
    return Lexer(normalised(text)).run();
}

}  // namespace galley::templates
