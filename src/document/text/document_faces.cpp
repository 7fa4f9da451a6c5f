#include "document/text/document_faces.h"

#include <algorithm>
#include <cctype>

namespace galley::document {
namespace {

constexpr int kBoldFrom = 600;

bool same_family(std::string_view a, std::string_view b) {
    const auto lower = [](char c) { return std::tolower(static_cast<unsigned char>(c)); };
    return std::ranges::equal(a, b, {}, lower, lower);
}

// Smaller is better; style counts more than any weight.
int distance(const FontFaceRule& rule, const InheritedStyle& style) {
    const bool slanted = rule.style != FontStyle::Normal;
    const int style_cost = slanted == (style.font_style != FontStyle::Normal) ? 0 : 2000;
    if (style.font_weight < rule.weight_min) return style_cost + rule.weight_min - style.font_weight;
    if (style.font_weight > rule.weight_max) return style_cost + style.font_weight - rule.weight_max;
    return style_cost;
}

}  // namespace

std::shared_ptr<const Face> DocumentFaces::find(std::string_view family, const InheritedStyle& style,
                                                std::vector<std::string>& warnings) {
    std::optional<std::size_t> best;
    for (std::size_t i = 0; i < rules_.size(); ++i)
        if (same_family(rules_[i].family, family) &&
            (!best || distance(rules_[i], style) <= distance(rules_[*best], style)))  // the last of equals wins
            best = i;
    if (!best) return nullptr;
    const FontFaceRule& rule = rules_[*best];
    FaceWish wish;
    wish.synthetic_bold = style.font_weight >= kBoldFrom && rule.weight_max < kBoldFrom;
    wish.synthetic_oblique = style.font_style != FontStyle::Normal && rule.style == FontStyle::Normal;
    const std::size_t variant = (wish.synthetic_bold ? 1U : 0U) + (wish.synthetic_oblique ? 2U : 0U);
    Loaded& loaded = loaded_[*best * kVariants + variant];
    if (!loaded) loaded = load(rule, wish, warnings);
    return *loaded;
}

std::shared_ptr<const Face> DocumentFaces::load(const FontFaceRule& rule, const FaceWish& wish,
                                                std::vector<std::string>& warnings) {
    for (const std::string& name : rule.local_names) {
        const int weight = wish.synthetic_bold ? kBoldFrom : rule.weight_min;
        if (const Face* const face = store_.system_face({name, weight, 100, rule.style}))
            return {std::shared_ptr<const Face>(), face};  // the store's own, never freed before it
    }
    for (const std::string& url : rule.urls) {
        if (loader_ == nullptr) break;
        const Result<SharedBytes> bytes = loader_->load(url);
        Result<std::shared_ptr<const Face>> face =
            bytes ? store_.document_face(*bytes, wish) : std::unexpected(bytes.error());
        if (face) return *std::move(face);
        warnings.push_back("font \"" + rule.family + "\": " + face.error().message + " (" + url + ")");
    }
    return nullptr;
}

}  // namespace galley::document
