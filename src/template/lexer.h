// src/template/lexer.h — template text into tokens: literal text, and the words of {{ }} and {% %}.
//
// Shape    Text holds literal text with whitespace control already applied; String holds its text with escapes decoded.
//          Line ends become \n and one at the very end is dropped, as Jinja does; offsets count in that text.
// Errors   tokenize: InvalidInput, Unsupported, LimitExceeded; Error::where is "line:column".
// Limits   kTemplateBytesMax.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace galley::templates {

enum class TokenKind : std::uint8_t {
    Text,
    PrintBegin,  // {{
    PrintEnd,
    BlockBegin,  // {%
    BlockEnd,
    Name,
    Integer,
    Float,
    String,
    Operator,  // . , : | ( ) [ ] == != < > <= >= = - + and those that only the full language has
    End,
};

struct Token {
    TokenKind kind = TokenKind::End;
    std::string text;
    std::size_t offset = 0;
};

struct TokenizedTemplate {
    std::string source;  // normalised
    std::vector<Token> tokens;
};

Result<TokenizedTemplate> tokenize(std::string_view text);

}  // namespace galley::templates
