// src/document/css/token.h — CSS text to tokens, with the brackets already matched.
//
// Shape    tokenize(text, keep) → tokens. An opening bracket or function knows the distance to its closing token, so
//          that a reader can skip a block in one step; brackets open at the end get their closing token there.
// Owner    Token::text points into `text`, or into `keep` where escapes had to be resolved.
// Threads  any.
// Source   https://drafts.csswg.org/css-syntax-3/#tokenization
#pragma once

#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace galley::document {

enum class CssTokenType : std::uint8_t {
    Ident,
    Function,  // text = name; closed by CloseParen
    AtKeyword,
    Hash,
    String,
    BadString,
    Url,
    BadUrl,
    Delim,
    Number,
    Percentage,
    Dimension,
    Whitespace,
    Cdo,
    Cdc,
    Colon,
    Semicolon,
    Comma,
    OpenParen,
    OpenSquare,
    OpenCurly,
    CloseParen,
    CloseSquare,
    CloseCurly,
};

enum class CssUnit : std::uint8_t {
    None,
    Px,
    Pt,
    Pc,
    In,
    Cm,
    Mm,
    Q,
    Em,
    Rem,
    Ex,
    Ch,
    Lh,
    Vw,
    Vh,
    Vmin,
    Vmax,
    Deg,
    Grad,
    Rad,
    Turn,
    S,
    Ms,
    Dpi,
    Dpcm,
    Dppx,
    Unknown
};

struct CssToken {
    CssTokenType type = CssTokenType::Whitespace;
    bool is_integer = false;  // Number, Dimension: written without . and e
    bool is_id = false;       // Hash: its text is an identifier
    char delim = '\0';
    CssUnit unit = CssUnit::None;
    std::uint32_t length = 1;  // openers: tokens up to and including the matching closer
    std::uint32_t offset = 0;  // in the sheet's text
    double number = 0;
    std::string_view text;  // name, string content, URL, unit

    bool is(CssTokenType wanted) const { return type == wanted; }
    bool is_delim(char c) const { return type == CssTokenType::Delim && delim == c; }
    bool is_opener() const {
        return type == CssTokenType::Function || (type >= CssTokenType::OpenParen && type <= CssTokenType::OpenCurly);
    }
};

using CssTokens = std::span<const CssToken>;

std::vector<CssToken> tokenize_css(std::string_view text, std::deque<std::string>& keep);
// Sets CssToken::length of every opener; adds closers at the end for what is still open.

void match_brackets(std::vector<CssToken>& tokens);

inline char css_lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}
// `lower` must be lower case.
bool css_equals(std::string_view text, std::string_view lower);
std::string css_lowered(std::string_view text);

}  // namespace galley::document
