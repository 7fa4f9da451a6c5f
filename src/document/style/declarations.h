// src/document/style/declarations.h — declarations ready for the cascade: longhands with checked values.
//
// Shape    add_declaration() takes one raw declaration of a sheet and appends what it means: shorthands become their
//          longhands, except that a value with var() waits until the custom properties are known.
// Errors   none: a declaration that is not understood adds a warning and nothing else.
// Owner    Declaration::value points into the CssSource that was given.
// Threads  any.
// Source   CSS Cascade 4 §7 (defaulting keywords), CSS Variables 1.
#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "document/css/properties.h"
#include "document/css/syntax.h"

namespace galley::document {

enum class WideKeyword : std::uint8_t { None, Inherit, Initial, Unset, Revert };

struct Declaration {
    PropertyId id{};
    WideKeyword wide = WideKeyword::None;
    bool important = false;
    bool has_var = false;
    std::string_view custom_name;  // "--name": then id means nothing
    CssTokens value;
};

struct DeclarationBlock {
    std::vector<Declaration> declarations;
    bool uses_attr = false;            // attr(): the result depends on the element
    bool inherits_explicitly = false;  // `inherit` on a property that is not inherited
    bool has_important = false;
};

// Warnings, each text once with the first place where it holds and the number of the others; at most kWarningsMax.
class WarningList {
 public:
    static constexpr std::size_t kWarningsMax = 200;
    void add(std::string text, const CssSource& source, std::size_t offset);
    // "print.css:3:14: unknown property: colr (and at 2 more places)"
    std::vector<std::string> texts() const;

 private:
    struct Warning {
        std::string text;
        std::string place;
        std::size_t more = 0;
    };
    std::vector<Warning> warnings_;
};

// A value that a shorthand gave to a longhand.
struct LonghandValue {
    PropertyId id{};
    CssTokens value;
};

// False: not understood. New token lists live in `made`.
bool expand_shorthand(PropertyId id, CssTokens value, std::deque<std::vector<CssToken>>& made,
                      std::vector<LonghandValue>& out);
// The longhands that a shorthand resets.
std::span<const PropertyId> shorthand_longhands(PropertyId id);
// Is `value` valid for the longhand?
bool is_valid_value(PropertyId id, CssTokens value);
WideKeyword wide_keyword(CssTokens value);
bool contains_function(CssTokens value, std::string_view lower);

void add_declaration(const RawDeclaration& raw, CssSource& source, DeclarationBlock& block, WarningList* warnings);
// All declarations of a block of tokens (a style attribute, the inside of a rule).
DeclarationBlock read_declarations(CssTokens tokens, CssSource& source, WarningList* warnings);

}  // namespace galley::document
