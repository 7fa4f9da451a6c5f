// src/document/text/font_choice.h — the faces of one set of font properties, in order of preference, found when needed.
//
// Shape    face_for(c) → the first face of the families that has c, else the system's fallback, else null.
//          context(direction) numbers everything that shaping depends on besides the text.
// Owner    borrows the FontStore; holds the document's own faces.
// Threads  one thread (a TextShaper's).
#pragma once

#include <hb.h>

#include <memory>
#include <string>
#include <vector>

#include "document/style/computed_style.h"
#include "document/text/font_store.h"
#include "document/text/shaper.h"

namespace galley::document {

class FontChoice final : public FontInstance {
 public:
    // `own_faces[i]` is the document's @font-face for style.font_families[i], or null.
    FontChoice(FontStore& store, const InheritedStyle& style, std::vector<std::shared_ptr<const Face>> own_faces);

    const Face& primary() const override { return *primary_; }
    double size_px() const override { return size_px_; }

    bool fits(const InheritedStyle& style) const;
    static std::size_t hash(const InheritedStyle& style);  // equal for styles that the same choice fits
    const Face* face_for(char32_t code_point);
    std::uint32_t context(Direction direction) const {
        return direction == Direction::Ltr ? context_ltr_ : context_rtl_;
    }
    const std::vector<hb_feature_t>& features() const { return features_; }
    // The TextShaper's note: one space of this choice, once shaped.
    const ShapedWord* single_space = nullptr;
    hb_language_t language() const { return language_; }

 private:
    const Face* family_face(std::size_t i);
    void collect_features(const InheritedStyle& style);
    std::string context_key() const;

    struct Family {
        std::string name;
        std::shared_ptr<const Face> own;
        const Face* face = nullptr;
        bool resolved = false;
    };

    FontStore& store_;
    double size_px_;
    FontWish wish_;  // family empty
    std::vector<std::string> family_names_;
    FontVariantCaps caps_;
    bool letter_spaced_;
    std::string lang_;
    std::vector<std::pair<std::string, int>> wanted_features_;
    std::vector<Family> families_;
    std::vector<hb_feature_t> features_;
    hb_language_t language_ = HB_LANGUAGE_INVALID;
    const Face* primary_ = nullptr;
    std::uint32_t context_ltr_ = 0, context_rtl_ = 0;
};

}  // namespace galley::document
