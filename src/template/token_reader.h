// src/template/token_reader.h — walks over the tokens of a template and makes errors that say where.
//
// Owner    borrows the tokenized template.
// Threads  one.
#pragma once

#include <string>
#include <string_view>

#include "codec/text_position.h"
#include "template/lexer.h"

namespace galley::templates {

class TokenReader {
 public:
    explicit TokenReader(const TokenizedTemplate& tokenized) : tokenized_(tokenized) {}

    const Token& peek() const { return tokenized_.tokens[at_]; }
    // The End token is never passed.
    const Token& take() {
        const Token& token = peek();
        if (token.kind != TokenKind::End) ++at_;
        return token;
    }
    bool is_sign(std::string_view sign) const { return peek().kind == TokenKind::Operator && peek().text == sign; }
    bool is_word(std::string_view word) const { return peek().kind == TokenKind::Name && peek().text == word; }
    bool take_sign(std::string_view sign) { return is_sign(sign) && (take(), true); }
    bool take_word(std::string_view word) { return is_word(word) && (take(), true); }

    Result<void> expect_sign(std::string_view sign) {
        if (take_sign(sign)) return {};
        return error("expected \"" + std::string(sign) + "\"" + found());
    }
    Result<void> expect(TokenKind kind, std::string_view name) {
        if (peek().kind != kind) return error("expected " + std::string(name) + found());
        take();
        return {};
    }

    // ", found …"
    std::string found() const;

    // The line of the token that comes next. Tokens are asked about in order, so this is cheap.
    std::uint32_t line();

    std::unexpected<Error> error(std::string message) const { return error_at(peek(), std::move(message)); }
    std::unexpected<Error> unsupported(std::string message) const {
        return error_at(peek(), std::move(message), ErrorCode::Unsupported);
    }
    std::unexpected<Error> error_at(const Token& token, std::string message,
                                    ErrorCode code = ErrorCode::InvalidInput) const {
        return fail(code, "template: " + std::move(message),
                    codec::text_position(tokenized_.source, token.offset).to_string());
    }

 private:
    const TokenizedTemplate& tokenized_;
    std::size_t at_ = 0;
    std::size_t counted_to_ = 0;
    std::uint32_t line_ = 1;
};

}  // namespace galley::templates
