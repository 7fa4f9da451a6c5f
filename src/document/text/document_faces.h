// src/document/text/document_faces.h — the @font-face rules of one document and the faces loaded for them so far.
//
// Shape    find(family, style) → the faces of the rules that fit best, each with its unicode-range, the last rule
//          first; none when no rule names the family or none of its files can be used.
// Errors   none: a file that is refused or broken becomes a warning, once.
// Owner    shares the faces with the FontStore.
// Threads  one.
// Limits   kRangedFacesMax faces of one family.
// Source   CSS Fonts 4 §4 (descriptors), §5.2 (matching, simplified: stretch, style, then the nearest weight).
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "document/style/style_engine.h"
#include "document/text/font_store.h"

namespace galley::document {

inline constexpr std::size_t kRangedFacesMax = 64;

// A face and the characters it is meant for; none: all.
struct RangedFace {
    std::shared_ptr<const Face> face;
    std::vector<std::pair<char32_t, char32_t>> ranges;

    bool is_for(char32_t c) const {
        for (const auto& [first, last] : ranges)
            if (c >= first && c <= last) return true;
        return ranges.empty();
    }
};

class DocumentFaces {
 public:
    DocumentFaces(FontStore& store, const std::vector<FontFaceRule>& rules, const ResourceLoader* loader)
        : store_(store), rules_(rules), loader_(loader) {}

    std::vector<RangedFace> find(std::string_view family, const InheritedStyle& style,
                                 std::vector<std::string>& warnings);

 private:
    std::shared_ptr<const Face> load(const FontFaceRule& rule, const FaceWish& wish,
                                     std::vector<std::string>& warnings);

    FontStore& store_;
    std::vector<FontFaceRule> rules_;
    const ResourceLoader* loader_;
    // By rule, synthetic bold, synthetic oblique, variations; null: nothing of the rule can be used.
    std::map<std::tuple<std::size_t, bool, bool, std::string>, std::shared_ptr<const Face>> loaded_;
};

}  // namespace galley::document
