#include "document/text/font_choice.h"

#include <algorithm>
#include <cctype>
#include <functional>

namespace galley::document {
namespace {

constexpr std::size_t kFamiliesMax = 32;
constexpr std::size_t kFeaturesMax = 64;

// HarfBuzz keeps every language name for ever, so only the short form of well-formed tags gets there.
std::string shaping_language(std::string_view lang) {
    std::string primary;
    for (const char c : lang.substr(0, std::min(lang.find_first_of("-_"), lang.size()))) {
        if (std::isalpha(static_cast<unsigned char>(c)) == 0) return {};
        primary += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    }
    return primary.size() == 2 || primary.size() == 3 ? primary : std::string();
}

hb_feature_t feature(std::string_view tag, int value) {
    return {hb_tag_from_string(tag.data(), static_cast<int>(tag.size())),
            static_cast<std::uint32_t>(std::max(0, value)), HB_FEATURE_GLOBAL_START, HB_FEATURE_GLOBAL_END};
}

}  // namespace

FontChoice::FontChoice(FontStore& store, const InheritedStyle& style,
                       std::vector<std::shared_ptr<const Face>> own_faces)
    : store_(store),
      size_px_(style.font_size_px),
      wish_{{}, style.font_weight, style.font_stretch_percent, style.font_style},
      family_names_(style.font_families),
      caps_(style.font_variant_caps),
      letter_spaced_(style.letter_spacing != LayoutUnit()),
      lang_(style.lang),
      wanted_features_(style.font_features) {
    for (std::size_t i = 0; i < std::min(family_names_.size(), kFamiliesMax); ++i)
        families_.push_back({family_names_[i], i < own_faces.size() ? own_faces[i] : nullptr});
    families_.push_back({"sans-serif", nullptr});  // what fontconfig takes for unknown families, too
    families_.push_back({"", nullptr});
    for (std::size_t i = 0; i < families_.size() && primary_ == nullptr; ++i) primary_ = family_face(i);
    if (primary_ == nullptr) primary_ = &empty_face();
    if (const std::string language = shaping_language(lang_); !language.empty())
        language_ = hb_language_from_string(language.c_str(), static_cast<int>(language.size()));
    collect_features(style);
    const std::string key = context_key();
    context_ltr_ = store_.context(key + 'l');
    context_rtl_ = store_.context(key + 'r');
}

bool FontChoice::fits(const InheritedStyle& style) const {
    return size_px_ == style.font_size_px && wish_.weight == style.font_weight &&
           wish_.stretch_percent == style.font_stretch_percent && wish_.style == style.font_style &&
           caps_ == style.font_variant_caps && letter_spaced_ == (style.letter_spacing != LayoutUnit()) &&
           family_names_ == style.font_families && lang_ == style.lang && wanted_features_ == style.font_features;
}

std::size_t FontChoice::hash(const InheritedStyle& style) {
    constexpr std::size_t kStep = 0x9E3779B97F4A7C15U;
    std::size_t state = std::hash<double>()(style.font_size_px);
    const auto add = [&](std::size_t value) { state = (state ^ value) * kStep ^ state >> 29; };
    add(static_cast<std::size_t>(style.font_weight) << 20 ^ static_cast<std::size_t>(style.font_stretch_percent));
    add(static_cast<std::size_t>(style.font_style) << 2 ^ static_cast<std::size_t>(style.font_variant_caps));
    add(style.letter_spacing != LayoutUnit() ? 1 : 0);
    for (const std::string& family : style.font_families) add(std::hash<std::string>()(family));
    for (const auto& [tag, value] : style.font_features)
        add(std::hash<std::string>()(tag) + static_cast<std::size_t>(value));
    add(std::hash<std::string>()(style.lang));
    return state;
}

const Face* FontChoice::family_face(std::size_t i) {
    Family& family = families_[i];
    if (!family.resolved) {
        FontWish wish = wish_;
        wish.family = family.name;
        family.face = family.own ? family.own.get() : store_.system_face(wish);
        family.resolved = true;
    }
    return family.face;
}

const Face* FontChoice::face_for(char32_t code_point) {
    if (primary_->glyph(code_point) != 0) return primary_;
    for (std::size_t i = 0; i < families_.size(); ++i) {
        const Face* const face = family_face(i);
        if (face != nullptr && face->glyph(code_point) != 0) return face;
    }
    FontWish wish = wish_;
    wish.family = family_names_.empty() ? std::string() : family_names_.back();  // mostly the generic family
    return store_.fallback_face(code_point, wish);
}

void FontChoice::collect_features(const InheritedStyle& style) {
    if (letter_spaced_) {  // CSS Text 3 §8.2: no optional ligatures between spaced letters
        features_.push_back(feature("liga", 0));
        features_.push_back(feature("clig", 0));
    }
    // GAP: small capitals are not made from scaled capitals where the font has no smcp.
    if (caps_ == FontVariantCaps::SmallCaps) features_.push_back(feature("smcp", 1));
    for (const auto& [tag, value] : style.font_features)
        if (tag.size() == 4 && features_.size() < kFeaturesMax) features_.push_back(feature(tag, value));
}

std::string FontChoice::context_key() const {
    std::string key;
    for (const Family& family : families_) {
        key += family.own ? '#' + std::to_string(family.own->id()) : family.name;
        key += '\0';
    }
    key += std::to_string(wish_.weight) + '/' + std::to_string(wish_.stretch_percent) + '/' +
           std::to_string(static_cast<int>(wish_.style)) + '/';
    key += language_ == HB_LANGUAGE_INVALID ? "" : hb_language_to_string(language_);
    for (const hb_feature_t& f : features_) key += '/' + std::to_string(f.tag) + '=' + std::to_string(f.value);
    return key;
}

}  // namespace galley::document
