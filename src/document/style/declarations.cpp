#include "document/style/declarations.h"

#include <algorithm>

#include "document/style/property_apply.h"

namespace galley::document {

void WarningList::add(std::string text, const CssSource& source, std::size_t offset) {
    const auto known = std::ranges::find(warnings_, text, &Warning::text);
    if (known != warnings_.end()) {
        ++known->more;
    } else if (warnings_.size() < kWarningsMax) {
        warnings_.push_back({std::move(text), source.place(offset)});
    }
}

std::vector<std::string> WarningList::texts() const {
    std::vector<std::string> out;
    for (const Warning& warning : warnings_) {
        std::string& text = out.emplace_back(warning.place);
        if (!text.empty()) text += ": ";
        text += warning.text;
        if (warning.more == 1) text += " (and at one more place)";
        if (warning.more > 1) text += " (and at " + std::to_string(warning.more) + " more places)";
    }
    return out;
}

bool is_valid_value(PropertyId id, CssTokens value) {
    thread_local StyleTarget scratch = [] {
        StyleTarget target;
        target.parent = &initial_style();
        return target;
    }();
    return apply_property(id, value, scratch);
}

WideKeyword wide_keyword(CssTokens value) {
    if (value.size() != 1 || !value.front().is(CssTokenType::Ident)) return WideKeyword::None;
    const std::string_view text = value.front().text;
    if (css_equals(text, "inherit")) return WideKeyword::Inherit;
    if (css_equals(text, "initial")) return WideKeyword::Initial;
    if (css_equals(text, "revert") || css_equals(text, "revert-layer")) return WideKeyword::Revert;
    return css_equals(text, "unset") ? WideKeyword::Unset : WideKeyword::None;
}

bool contains_function(CssTokens value, std::string_view lower) {
    return std::ranges::any_of(value, [lower](const CssToken& token) {
        return token.is(CssTokenType::Function) && css_equals(token.text, lower);
    });
}

namespace {

void append(DeclarationBlock& block, const Declaration& declaration) {
    const bool inherits =
        declaration.wide == WideKeyword::Inherit && property_info(declaration.id).inherited == Inherited::No;
    block.inherits_explicitly |= inherits || declaration.has_var;
    block.uses_attr |= contains_function(declaration.value, "attr");
    block.has_important |= declaration.important;
    block.declarations.push_back(declaration);
}

// A longhand, or every longhand of a shorthand.
void append_wide(DeclarationBlock& block, Declaration declaration) {
    if (property_info(declaration.id).kind != PropertyKind::Shorthand) return append(block, declaration);
    for (const PropertyId id : shorthand_longhands(declaration.id)) {
        declaration.id = id;
        append(block, declaration);
    }
}

bool append_expanded(DeclarationBlock& block, const Declaration& declaration, CssSource& source) {
    std::vector<LonghandValue> longhands;
    if (!expand_shorthand(declaration.id, declaration.value, source.made, longhands)) return false;
    for (const LonghandValue& longhand : longhands) {
        Declaration part = declaration;
        part.id = longhand.id;
        part.value = longhand.value;
        part.wide = wide_keyword(part.value);
        append(block, part);
    }
    return true;
}

}  // namespace

void add_declaration(const RawDeclaration& raw, CssSource& source, DeclarationBlock& block, WarningList* warnings) {
    const auto warn = [&](std::string text) {
        if (warnings != nullptr) warnings->add(std::move(text), source, raw.offset);
    };
    Declaration declaration;
    declaration.important = raw.important;
    declaration.value = raw.value;
    declaration.wide = wide_keyword(raw.value);
    declaration.has_var = contains_function(raw.value, "var");
    if (raw.name.starts_with("--")) {
        declaration.custom_name = raw.name;
        block.has_important |= raw.important;
        block.declarations.push_back(declaration);
        return;
    }
    const std::optional<PropertyId> id = find_property(raw.name);
    if (!id) return warn("unknown property: " + css_lowered(raw.name));
    declaration.id = *id;
    const PropertyInfo& info = property_info(*id);
    if (info.state == PropertyState::Ignored) return warn("property not supported: " + std::string(info.name));
    if (declaration.wide != WideKeyword::None) return append_wide(block, declaration);
    if (declaration.has_var) return append(block, declaration);
    const bool understood = info.kind == PropertyKind::Shorthand ? append_expanded(block, declaration, source)
                                                                 : is_valid_value(*id, raw.value);
    if (!understood) return warn("value not understood: " + std::string(info.name) + ": " + to_text(raw.value));
    if (info.kind != PropertyKind::Shorthand) append(block, declaration);
}

DeclarationBlock read_declarations(CssTokens tokens, CssSource& source, WarningList* warnings) {
    DeclarationBlock block;
    DeclarationReader reader(tokens);
    while (const auto item = reader.next()) {
        if (item->declaration) add_declaration(*item->declaration, source, block, warnings);
    }
    return block;
}

}  // namespace galley::document
