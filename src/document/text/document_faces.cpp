#include "document/text/document_faces.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <limits>

namespace galley::document {
namespace {

constexpr int kBoldFrom = 600;

bool same_family(std::string_view a, std::string_view b) {
    const auto lower = [](char c) { return std::tolower(static_cast<unsigned char>(c)); };
    return std::ranges::equal(a, b, {}, lower, lower);
}

// Smaller is better; stretch counts more than style, style more than any weight.
int distance(const FontFaceRule& rule, const InheritedStyle& style) {
    const bool slanted = rule.style != FontStyle::Normal;
    int cost = slanted == (style.font_style != FontStyle::Normal) ? 0 : 2000;
    const int stretch = style.font_stretch_percent;
    if (stretch < rule.stretch_min || stretch > rule.stretch_max)
        cost += 10'000 + std::abs(stretch - std::clamp(stretch, rule.stretch_min, rule.stretch_max)) * 10;
    if (style.font_weight < rule.weight_min) return cost + rule.weight_min - style.font_weight;
    if (style.font_weight > rule.weight_max) return cost + style.font_weight - rule.weight_max;
    return cost;
}

FaceWish wish_for(const FontFaceRule& rule, const InheritedStyle& style) {
    FaceWish wish;
    wish.synthetic_bold = style.font_weight >= kBoldFrom && rule.weight_max < kBoldFrom;
    wish.synthetic_oblique = style.font_style != FontStyle::Normal && rule.style == FontStyle::Normal;
    // Only a variable font has use for a range; the settings of the style win.
    std::vector<std::pair<std::string, double>> axes;
    if (rule.weight_min < rule.weight_max)
        axes.emplace_back("wght", std::clamp(style.font_weight, rule.weight_min, rule.weight_max));
    if (rule.stretch_min < rule.stretch_max)
        axes.emplace_back("wdth", std::clamp(style.font_stretch_percent, rule.stretch_min, rule.stretch_max));
    for (const auto& axis : style.rare->font_variations) axes.push_back(axis);
    wish.variations = variation_text(axes);
    return wish;
}

}  // namespace

std::vector<RangedFace> DocumentFaces::find(std::string_view family, const InheritedStyle& style,
                                            std::vector<std::string>& warnings) {
    std::vector<RangedFace> found;
    int best = std::numeric_limits<int>::max();
    for (const FontFaceRule& rule : rules_)
        if (same_family(rule.family, family)) best = std::min(best, distance(rule, style));
    for (std::size_t i = rules_.size(); i-- > 0 && found.size() < kRangedFacesMax;) {  // the last of equals wins
        const FontFaceRule& rule = rules_[i];
        if (!same_family(rule.family, family) || distance(rule, style) != best) continue;
        const FaceWish wish = wish_for(rule, style);
        const std::tuple key(i, wish.synthetic_bold, wish.synthetic_oblique, wish.variations);
        auto place = loaded_.find(key);
        if (place == loaded_.end()) place = loaded_.emplace(key, load(rule, wish, warnings)).first;
        if (place->second) found.push_back({place->second, rule.unicode_ranges});
        if (rule.unicode_ranges.empty()) break;
    }
    return found;
}

std::shared_ptr<const Face> DocumentFaces::load(const FontFaceRule& rule, const FaceWish& wish,
                                                std::vector<std::string>& warnings) {
    for (const std::string& name : rule.local_names)
        if (const Face* const face = store_.named_face(name, wish))
            return {std::shared_ptr<const Face>(), face};  // the store's own, never freed before it
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
