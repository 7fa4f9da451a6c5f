// src/document/css/syntax.h — tokens to rules and declarations, before anything is known about their meaning.
//
// Shape    CssSource owns a text with its tokens. A RuleReader walks a token range and gives one rule at a time; a
//          DeclarationReader gives declarations and the rules between them (at-rules in @page, nested rules).
// Errors   none: what is malformed is skipped to the next rule or declaration, as the standard says.
// Owner    all spans point into the CssSource, which must not move once read.
// Threads  any.
// Source   https://drafts.csswg.org/css-syntax-3/#parsing
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "document/css/token.h"

namespace galley::document {

// A sheet's text and where it comes from.
struct CssText {
    static constexpr std::size_t kNowhere = SIZE_MAX;

    std::string text;
    std::string url;              // that relative references are resolved against
    std::string name = {};        // what messages call its file; "": the url
    std::string_view file = {};   // the file's text, where the sheet is a part of it; outlives the source
    std::size_t file_offset = 0;  // of the sheet in `file`; kNowhere: only the name is known
};

struct CssSource {
    std::string text;
    std::string url;  // that relative references are resolved against
    std::string name;
    std::string_view file;
    std::size_t file_offset = 0;
    std::deque<std::string> keep;
    std::vector<CssToken> tokens;
    std::deque<std::vector<CssToken>> made;  // token lists that shorthands or substitution had to build

    static std::unique_ptr<CssSource> parse(CssText text);
    static std::unique_ptr<CssSource> parse(std::string text, std::string url) {
        return parse(CssText{std::move(text), std::move(url)});
    }
    // "print.css:3:14" of a CssToken::offset, "print.css" where no more is known, "" where nothing is.
    std::string place(std::size_t offset) const;
};

struct RawRule {
    std::string_view at_name;  // without @, "" for a style rule
    CssTokens prelude;
    CssTokens block;  // inside the braces
    bool has_block = false;
    std::uint32_t offset = 0;  // of its first token
};

struct RawDeclaration {
    std::string_view name;
    CssTokens value;  // trimmed, without !important
    bool important = false;
    std::uint32_t offset = 0;  // of the name
};

// Trims white space at both ends.
CssTokens trimmed(CssTokens tokens);
// The source text of a value, for messages.
std::string to_text(CssTokens tokens);

class RuleReader {
 public:
    explicit RuleReader(CssTokens tokens) : tokens_(tokens) {}
    std::optional<RawRule> next();

 private:
    CssTokens tokens_;
    std::size_t at_ = 0;
};

struct DeclarationOrRule {
    std::optional<RawDeclaration> declaration;
    std::optional<RawRule> rule;  // an at-rule, or a nested style rule
};

class DeclarationReader {
 public:
    explicit DeclarationReader(CssTokens tokens) : tokens_(tokens) {}
    std::optional<DeclarationOrRule> next();

 private:
    bool begins_rule() const;
    std::optional<RawDeclaration> read_declaration();

    CssTokens tokens_;
    std::size_t at_ = 0;
};

}  // namespace galley::document
