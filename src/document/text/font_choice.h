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
#include "document/text/document_faces.h"
#include "document/text/font_store.h"
#include "document/text/pair_shaping.h"
#include "document/text/shaper.h"

namespace galley::document {

class FontChoice final : public FontInstance {
 public:
    // `own_faces[i]`: the document's @font-face faces for style.font_families[i].
    FontChoice(FontStore& store, const InheritedStyle& style, std::vector<std::vector<RangedFace>> own_faces);

    const Face& primary() const override { return *primary_; }
    double size_px() const override { return size_px_; }

    bool fits(const InheritedStyle& style) const;
    static std::size_t hash(const InheritedStyle& style);  // equal for styles that the same choice fits
    const Face* face_for(char32_t code_point);
    // The system's colour emoji, when it has the character; else as face_for().
    const Face* emoji_face_for(char32_t code_point);
    // Small capitals are asked for, and the first face has none of its own.
    bool makes_small_caps() const { return makes_small_caps_; }
    const Face* small_caps_face(const Face& face) { return store_.small_caps_face(face); }
    std::uint32_t context(Direction direction) const {
        return direction == Direction::Ltr ? context_ltr_ : context_rtl_;
    }
    const std::vector<hb_feature_t>& features() const { return features_; }
    // The TextShaper's note: one space of this choice, once shaped.
    const ShapedWord* single_space = nullptr;
    // For left-to-right Latin words of the first face; null until many have been shaped: the face is looked at for it.
    PairShaping* pair_shaping() {
        constexpr int kWordsBefore = 1000;
        if (pairs_ == nullptr && ++words_shaped_ > kWordsBefore)
            pairs_ = std::make_unique<PairShaping>(*primary_, features_, language_);
        return pairs_.get();
    }
    hb_language_t language() const { return language_; }
    // Where the word may be divided, as HyphenationDictionary::breaks(); 0 unless the style says hyphens: auto.
    std::uint64_t hyphen_mask(std::string_view word) const {
        return dictionary_ == nullptr ? 0 : dictionary_->breaks(word, hyphenation_limits_);
    }
    bool lacks_dictionary() const { return hyphenates_ && dictionary_ == nullptr && !lang_.empty(); }
    const std::string& lang() const { return lang_; }

 private:
    const Face* family_face(std::size_t i);
    const Face* find_own(std::size_t i, char32_t code_point) const;
    void collect_features(const InheritedStyle& style);
    std::string context_key() const;

    struct Family {
        std::string name;
        std::vector<RangedFace> own;
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
    bool hyphenates_;
    HyphenationLimits hyphenation_limits_;
    const HyphenationDictionary* dictionary_ = nullptr;
    std::vector<std::pair<std::string, int>> wanted_features_;
    std::vector<std::pair<std::string, double>> wanted_variations_;
    std::string language_tag_;  // font-language-override
    std::vector<Family> families_;
    std::size_t substitute_ = static_cast<std::size_t>(-1);  // of families_: what fontconfig takes for the whole list
    std::vector<hb_feature_t> features_;
    hb_language_t language_ = HB_LANGUAGE_INVALID;
    bool has_ranges_ = false, makes_small_caps_ = false;
    const Face* primary_ = nullptr;
    std::uint32_t context_ltr_ = 0, context_rtl_ = 0;
    int words_shaped_ = 0;
    std::unique_ptr<PairShaping> pairs_;
};

}  // namespace galley::document
