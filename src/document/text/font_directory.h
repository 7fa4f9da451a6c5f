// src/document/text/font_directory.h — which installed font file fits a wish: fontconfig, asked as rarely as possible.
//
// Shape    match(wish) → the file of one CSS family, or nothing when the family is not there; fallback(c, wish) → a
//          file that has the character.
// Errors   none: an absent or broken fontconfig finds nothing.
// Threads  any; one mutex, since each question costs about a millisecond and callers keep the answers.
// Limits   kSortedListsMax kept fallback orders.
// Source   CSS Fonts 4 §5; fontconfig's binding "same" marks metric aliases (Arial → Liberation Sans), which count as
//          the family.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "document/style/computed_style.h"

namespace galley::document {

struct FontWish {
    std::string family;  // empty: whatever fontconfig prefers
    int weight = 400;
    int stretch_percent = 100;
    FontStyle style = FontStyle::Normal;
    std::string lang;  // fonts for this language come before others that are not asked for by name
    // Of a list without a generic family: any substitute that fontconfig's rules name for one of them will do.
    bool substitute = false;
    std::vector<std::string> others = {};  // families that follow `family`
    bool operator==(const FontWish&) const = default;
};

struct FontFileRef {
    std::string path;
    unsigned index = 0;
    std::string variations;
    bool synthetic_bold = false, synthetic_oblique = false;  // wished for, and the file has it not
};

// What always has a face. Names such as system-ui count only where the configuration knows them: mostly the next family
// of the list is meant.
bool is_generic_family(std::string_view family);

// The language in fontconfig's own terms; "" for those that it knows nothing of.
std::string font_language(std::string_view tag);

class FontDirectory {
 public:
    FontDirectory();
    ~FontDirectory();
    FontDirectory(const FontDirectory&) = delete;
    FontDirectory& operator=(const FontDirectory&) = delete;

    std::optional<FontFileRef> match(const FontWish& wish);
    // By the whole name of one face, or its PostScript name.
    std::optional<FontFileRef> named(const std::string& name);
    std::optional<FontFileRef> fallback(char32_t code_point, const FontWish& wish);

 private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace galley::document
