// src/document/text/document_faces.h — the @font-face rules of one document and the faces loaded for them so far.
//
// Shape    find(family, style) → the best rule's face, or null when no rule names the family or none of its files can
//          be used.
// Errors   none: a file that is refused or broken becomes a warning, once.
// Owner    shares the faces with the FontStore.
// Threads  one.
// Source   CSS Fonts 4 §4 (descriptors), §5.2 (matching, simplified: style first, then the nearest weight).
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "document/style/style_engine.h"
#include "document/text/font_store.h"

namespace galley::document {

class DocumentFaces {
 public:
    DocumentFaces(FontStore& store, const std::vector<FontFaceRule>& rules, const ResourceLoader* loader)
        : store_(store), rules_(rules), loader_(loader), loaded_(rules.size() * kVariants) {}

    std::shared_ptr<const Face> find(std::string_view family, const InheritedStyle& style,
                                     std::vector<std::string>& warnings);

 private:
    static constexpr std::size_t kVariants = 4;                 // synthetic bold × synthetic oblique
    using Loaded = std::optional<std::shared_ptr<const Face>>;  // empty = not tried yet

    std::shared_ptr<const Face> load(const FontFaceRule& rule, const FaceWish& wish,
                                     std::vector<std::string>& warnings);

    FontStore& store_;
    std::vector<FontFaceRule> rules_;
    const ResourceLoader* loader_;
    std::vector<Loaded> loaded_;
};

}  // namespace galley::document
