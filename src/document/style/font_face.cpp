#include "document/style/font_face.h"

#include "document/css/syntax.h"
#include "document/css/values.h"
#include "document/style/property_apply.h"

namespace galley::document {

namespace {

// The value of a descriptor, read as if it were the property of that name.
bool read_as_property(PropertyId id, CssTokens value, StyleTarget& target) {
    target.parent = &initial_style();
    return apply_property(id, value, target);
}

// url(…) format(…) | local(…), …
void read_sources(CssTokens value, std::string_view base_url, FontFaceRule& rule) {
    StyleTarget target;
    target.base_url = base_url;
    CssCursor list(value);
    while (!list.done()) {
        CssCursor item(list.take_until_comma());
        if (auto local = item.take_function("local")) {
            if (auto name = read_custom_ident(*local)) rule.local_names.push_back(std::move(*name));
        } else if (auto url = read_url(item, target)) {
            rule.urls.push_back(std::move(*url));
        }
    }
}

// "400" or "100 900"
void read_weights(CssTokens value, FontFaceRule& rule) {
    CssCursor cursor(value);
    const CssTokens first = cursor.take_component();
    const CssTokens second = cursor.done() ? first : cursor.take_component();
    StyleTarget low, high;
    if (!read_as_property(PropertyId::FontWeight, first, low) ||
        !read_as_property(PropertyId::FontWeight, second, high))
        return;
    rule.weight_min = low.text.font_weight;
    rule.weight_max = high.text.font_weight;
}

void read_descriptor(const RawDeclaration& raw, std::string_view base_url, FontFaceRule& rule) {
    StyleTarget target;
    if (css_equals(raw.name, "src")) {
        read_sources(raw.value, base_url, rule);
    } else if (css_equals(raw.name, "font-weight")) {
        read_weights(raw.value, rule);
    } else if (css_equals(raw.name, "font-family")) {
        if (read_as_property(PropertyId::FontFamily, raw.value, target))
            rule.family = target.text.font_families.front();
    } else if (css_equals(raw.name, "font-style")) {
        if (read_as_property(PropertyId::FontStyle, raw.value, target)) rule.style = target.text.font_style;
    }
}

}  // namespace

std::optional<FontFaceRule> read_font_face(CssTokens block, std::string_view base_url) {
    FontFaceRule rule;
    DeclarationReader reader(block);
    while (const auto item = reader.next()) {
        if (item->declaration) read_descriptor(*item->declaration, base_url, rule);
    }
    if (rule.family.empty() || (rule.urls.empty() && rule.local_names.empty())) return std::nullopt;
    return rule;
}

Result<std::string> load_text(const std::string& url, const ResourceLoader* loader) {
    if (url.starts_with("data:")) {
        GALLEY_TRY(DataUrl data, decode_data_url(url));
        return std::move(data.bytes);
    }
    if (loader == nullptr) return fail(ErrorCode::NotFound, "no resources are available");
    GALLEY_TRY(const SharedBytes bytes, loader->load(url));
    return std::string(bytes.view());
}

}  // namespace galley::document
