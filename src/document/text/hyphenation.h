// src/document/text/hyphenation.h — where words may be divided: libhyphen with the dictionaries that Debian's hyphen-*
// packages install.
//
// Shape    HyphenationLibrary::find("de-AT") → the dictionary of that language, or null. breaks(token, limits) → bit i:
//          the token may be divided before byte i.
// Errors   none: a dictionary that is absent or broken is none.
// Owner    dictionaries live as long as the library; the FontSource reads their files.
// Threads  find: one at a time (FontStore's mutex); breaks: any.
// Limits   kDictionariesMax languages remembered; tokens of up to 64 bytes are divided, longer ones are not.
// Source   CSS Text 4 §6.1; the patterns are those of TeX, as LibreOffice keeps them.
//          DEVIATION: divisions that change letters (Hungarian "asz-szony") are not made.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace galley::document {

struct FontSource;

inline constexpr std::size_t kDictionariesMax = 64;
inline constexpr std::string_view kHyphenationFolder = "/usr/share/hyphen/";

// Whether the path is that of a dictionary: a sandbox need not open any other for the engine.
bool is_hyphenation_file(std::string_view path);

struct HyphenationLimits {  // characters
    int word_min = 5, before_min = 2, after_min = 2;
    bool operator==(const HyphenationLimits&) const = default;
};

class HyphenationDictionary {
 public:
    // Null: the bytes are no dictionary.
    static std::unique_ptr<HyphenationDictionary> create(std::string_view file);
    ~HyphenationDictionary();
    HyphenationDictionary(const HyphenationDictionary&) = delete;
    HyphenationDictionary& operator=(const HyphenationDictionary&) = delete;

    std::uint64_t breaks(std::string_view token, const HyphenationLimits& limits) const;

 private:
    struct Patterns;
    explicit HyphenationDictionary(std::unique_ptr<Patterns> patterns);

    struct Letter {
        char32_t character;
        std::uint32_t offset;  // in the token
    };
    std::uint64_t word_breaks(const std::vector<Letter>& word, const HyphenationLimits& limits) const;
    std::string encoded(const std::vector<Letter>& word) const;

    std::unique_ptr<Patterns> patterns_;
};

class HyphenationLibrary {
 public:
    const HyphenationDictionary* find(std::string_view lang, const FontSource& source);

 private:
    std::map<std::string, std::unique_ptr<HyphenationDictionary>, std::less<>> dictionaries_;  // null: there is none
};

}  // namespace galley::document
