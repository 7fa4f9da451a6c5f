#include "document/text/font_choice.h"

#include <hb-ot.h>

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
    if (lang.starts_with("zh-Hant") || lang.starts_with("zh-TW") || lang.starts_with("zh-HK")) return "zh-hant";
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

bool has_feature(const Face& face, hb_tag_t wanted) {
    constexpr unsigned kTagsMax = 256;
    if (face.hb_face() == nullptr) return false;
    hb_tag_t tags[kTagsMax];
    unsigned count = kTagsMax;
    hb_ot_layout_table_get_feature_tags(face.hb_face(), HB_OT_TAG_GSUB, 0, &count, tags);
    return std::ranges::find(tags, tags + count, wanted) != tags + count;
}

HyphenationLimits hyphenation_limits(const InheritedStyle& style) {
    if (style.hyphens != Hyphens::Auto) return {};
    const RareText& rare = *style.rare;
    return {rare.hyphenate_word_min, rare.hyphenate_before_min, rare.hyphenate_after_min};
}

}  // namespace

FontChoice::FontChoice(FontStore& store, const InheritedStyle& style, std::vector<std::vector<RangedFace>> own_faces)
    : store_(store),
      size_px_(style.font_size_px),
      wish_{{}, style.font_weight, style.font_stretch_percent, style.font_style, font_language(style.lang)},
      family_names_(style.font_families),
      caps_(style.font_variant_caps),
      letter_spaced_(style.letter_spacing_px != 0),
      lang_(style.lang),
      hyphenates_(style.hyphens == Hyphens::Auto),
      hyphenation_limits_(hyphenation_limits(style)),
      wanted_features_(style.font_features),
      wanted_variations_(style.rare->font_variations),
      language_tag_(style.rare->font_language) {
    for (std::size_t i = 0; i < std::min(family_names_.size(), kFamiliesMax); ++i)
        families_.push_back(
            {family_names_[i], i < own_faces.size() ? std::move(own_faces[i]) : std::vector<RangedFace>()});
    if (!family_names_.empty() && std::ranges::none_of(family_names_, is_generic_family)) {
        substitute_ = families_.size();
        families_.push_back({"", {}});
    }
    families_.push_back({"sans-serif", {}});  // what fontconfig takes for unknown families, too
    families_.push_back({"", {}});
    for (const Family& family : families_)
        for (const RangedFace& own : family.own) has_ranges_ |= !own.ranges.empty();
    for (std::size_t i = 0; i < families_.size() && primary_ == nullptr; ++i) primary_ = family_face(i);
    if (primary_ == nullptr) primary_ = &empty_face();
    if (const std::string language = shaping_language(lang_); !language.empty())
        language_ = hb_language_from_string(language.c_str(), static_cast<int>(language.size()));
    if (!language_tag_.empty()) language_ = store_.override_language(language_tag_);
    makes_small_caps_ = caps_ == FontVariantCaps::SmallCaps && !has_feature(*primary_, HB_TAG('s', 'm', 'c', 'p'));
    collect_features(style);
    if (hyphenates_ && !lang_.empty()) dictionary_ = store_.hyphenation(lang_);
    const std::string key = context_key();
    context_ltr_ = store_.context(key + 'l');
    context_rtl_ = store_.context(key + 'r');
}

bool FontChoice::fits(const InheritedStyle& style) const {
    return size_px_ == style.font_size_px && wish_.weight == style.font_weight &&
           wish_.stretch_percent == style.font_stretch_percent && wish_.style == style.font_style &&
           caps_ == style.font_variant_caps && letter_spaced_ == (style.letter_spacing_px != 0) &&
           hyphenates_ == (style.hyphens == Hyphens::Auto) && hyphenation_limits_ == hyphenation_limits(style) &&
           family_names_ == style.font_families && lang_ == style.lang && wanted_features_ == style.font_features &&
           (style.rare.is_initial()
                ? wanted_variations_.empty() && language_tag_.empty()
                : wanted_variations_ == style.rare->font_variations && language_tag_ == style.rare->font_language);
}

std::size_t FontChoice::hash(const InheritedStyle& style) {
    constexpr std::size_t kStep = 0x9E3779B97F4A7C15U;
    std::size_t state = std::hash<double>()(style.font_size_px);
    const auto add = [&](std::size_t value) { state = (state ^ value) * kStep ^ state >> 29; };
    add(static_cast<std::size_t>(style.font_weight) << 20 ^ static_cast<std::size_t>(style.font_stretch_percent));
    add(static_cast<std::size_t>(style.font_style) << 2 ^ static_cast<std::size_t>(style.font_variant_caps));
    add((style.letter_spacing_px != 0 ? 1 : 0) + (style.hyphens == Hyphens::Auto ? 2 : 0));
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
        if (i == substitute_) {
            wish.family = family_names_.front();
            wish.others.assign(
                family_names_.begin() + 1,
                family_names_.begin() + static_cast<std::ptrdiff_t>(std::min(family_names_.size(), kFamiliesMax)));
            wish.substitute = true;
        }
        if (family.own.empty())
            family.face = store_.system_face(wish, variation_text(wanted_variations_));
        else
            family.face = find_own(i, U' ') != nullptr ? find_own(i, U' ') : family.own.front().face.get();
        family.resolved = true;
    }
    return family.face;
}

const Face* FontChoice::find_own(std::size_t i, char32_t code_point) const {
    for (const RangedFace& own : families_[i].own)
        if (own.is_for(code_point) && own.face->glyph(code_point) != 0) return own.face.get();
    return nullptr;
}

const Face* FontChoice::emoji_face_for(char32_t code_point) {
    for (std::size_t i = 0; i < families_.size(); ++i)
        if (const Face* const own = find_own(i, code_point)) return own;
    FontWish wish;
    wish.family = "emoji";
    const Face* const face = store_.fallback_face(code_point, wish);
    return face != nullptr && face->outlines() == Face::Outlines::Bitmap ? face : face_for(code_point);
}

const Face* FontChoice::face_for(char32_t code_point) {
    if (!has_ranges_ && primary_->glyph(code_point) != 0) return primary_;
    for (std::size_t i = 0; i < families_.size(); ++i) {
        if (!families_[i].own.empty()) {
            if (const Face* const own = find_own(i, code_point)) return own;
            continue;
        }
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
    if (caps_ == FontVariantCaps::SmallCaps && !makes_small_caps_) features_.push_back(feature("smcp", 1));
    for (const auto& [tag, value] : style.font_features)
        if (tag.size() == 4 && features_.size() < kFeaturesMax) features_.push_back(feature(tag, value));
}

std::string FontChoice::context_key() const {
    std::string key;
    for (const Family& family : families_) {
        if (family.own.empty()) key += family.name;
        for (const RangedFace& own : family.own) {
            key += '#' + std::to_string(own.face->id());
            for (const auto& [first, last] : own.ranges)
                key += std::to_string(first) + '-' + std::to_string(last) + ',';
        }
        key += '\0';
    }
    key += std::to_string(wish_.weight) + '/' + std::to_string(wish_.stretch_percent) + '/' +
           std::to_string(static_cast<int>(wish_.style)) + '/';
    key += language_ == HB_LANGUAGE_INVALID ? "" : hb_language_to_string(language_);
    key += '/' + wish_.lang;
    if (dictionary_ != nullptr)
        key += "/hyphens " + lang_ + ' ' + std::to_string(hyphenation_limits_.word_min) + ' ' +
               std::to_string(hyphenation_limits_.before_min) + ' ' + std::to_string(hyphenation_limits_.after_min);
    if (makes_small_caps_) key += "/caps";
    if (!wanted_variations_.empty()) key += "/axes " + variation_text(wanted_variations_);
    for (const hb_feature_t& f : features_) key += '/' + std::to_string(f.tag) + '=' + std::to_string(f.value);
    return key;
}

}  // namespace galley::document
