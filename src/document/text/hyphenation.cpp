#include "document/text/hyphenation.h"

#include <hyphen.h>
#include <unicode/uchar.h>
#include <unicode/ucnv.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdio>
#include <cstdlib>

#include "document/text/shaper.h"
#include "document/text/utf8.h"

#if __has_feature(address_sanitizer)
#include <sanitizer/lsan_interface.h>
#endif

namespace galley::document {
namespace {

// libhyphen 2.8 does not free all of what it loads: less than a kilobyte of a dictionary, which is loaded once.
#if __has_feature(address_sanitizer)
using KnownLeak = __lsan::ScopedDisabler;
#else
struct KnownLeak {
    KnownLeak() {}
};
#endif

constexpr std::size_t kTokenBytesMax = 64;
constexpr std::size_t kDictionaryBytesMax = 16 * 1024 * 1024;

// Languages whose dictionary carries a region that is not the language's own name in capitals.
constexpr std::array<std::pair<std::string_view, std::string_view>, 20> kRegions{{
    {"en", "US"}, {"cs", "CZ"}, {"da", "DK"}, {"el", "GR"}, {"sv", "SE"}, {"uk", "UA"}, {"nb", "NO"},
    {"nn", "NO"}, {"no", "NO"}, {"sl", "SI"}, {"et", "EE"}, {"zu", "ZA"}, {"af", "ZA"}, {"be", "BY"},
    {"hi", "IN"}, {"bn", "IN"}, {"ta", "IN"}, {"te", "IN"}, {"mr", "IN"}, {"sr", "RS"},
}};

struct LanguageTag {
    std::string primary, region;  // "de", "AT"
};

// The subtags that files are named after; anything else in the tag makes no difference.
LanguageTag read_tag(std::string_view lang) {
    LanguageTag tag;
    std::size_t begin = 0;
    while (begin <= lang.size()) {
        const std::size_t end = std::min(lang.find_first_of("-_", begin), lang.size());
        std::string part(lang.substr(begin, end - begin));
        const bool letters =
            std::ranges::all_of(part, [](char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0; });
        if (!letters) break;
        if (begin == 0 && (part.size() == 2 || part.size() == 3)) {
            std::ranges::transform(part, std::back_inserter(tag.primary),
                                   [](char c) { return static_cast<char>(std::tolower(c)); });
        } else if (begin == 0) {
            break;
        } else if (part.size() == 2) {
            std::ranges::transform(part, std::back_inserter(tag.region),
                                   [](char c) { return static_cast<char>(std::toupper(c)); });
            break;
        }
        begin = end + 1;
    }
    return tag;
}

std::vector<std::string> file_names(const LanguageTag& tag) {
    std::vector<std::string> names;
    if (tag.primary.empty()) return names;
    const auto add = [&](std::string_view region) {
        std::string name = std::string(kHyphenationFolder) + "hyph_" + tag.primary;
        if (!region.empty()) name.append("_").append(region);
        names.push_back(name + ".dic");
    };
    if (!tag.region.empty()) add(tag.region);
    const auto* usual = std::ranges::find(kRegions, tag.primary, &std::pair<std::string_view, std::string_view>::first);
    if (usual != kRegions.end()) add(usual->second);
    std::string own;
    for (const char c : tag.primary) own += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    add(own);
    add("");
    if (tag.primary == "no") names.push_back(std::string(kHyphenationFolder) + "hyph_nb_NO.dic");
    return names;
}

}  // namespace

bool is_hyphenation_file(std::string_view path) {
    if (!path.starts_with(kHyphenationFolder) || !path.ends_with(".dic")) return false;
    path.remove_prefix(kHyphenationFolder.size());
    path.remove_suffix(4);
    return path.starts_with("hyph_") && std::ranges::all_of(path, [](char c) {
               return std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '_';
           });
}

struct HyphenationDictionary::Patterns {
    HyphenDict* dict = nullptr;
    UConverter* converter = nullptr;  // from UTF-16 to the dictionary's eight-bit letters; null: it is UTF-8
    ~Patterns() {
        if (dict != nullptr) hnj_hyphen_free(dict);
        ucnv_close(converter);
    }
};

HyphenationDictionary::HyphenationDictionary(std::unique_ptr<Patterns> patterns) : patterns_(std::move(patterns)) {}
HyphenationDictionary::~HyphenationDictionary() = default;

std::unique_ptr<HyphenationDictionary> HyphenationDictionary::create(std::string_view file) {
    if (file.empty() || file.size() > kDictionaryBytesMax) return nullptr;
    std::string bytes(file);
    std::FILE* const stream = fmemopen(bytes.data(), bytes.size(), "r");
    if (stream == nullptr) return nullptr;
    auto patterns = std::make_unique<Patterns>();
    {
        const KnownLeak in_load;
        patterns->dict = hnj_hyphen_load_file(stream);
    }
    (void)std::fclose(stream);
    if (patterns->dict == nullptr) return nullptr;
    // The CSS limits decide, not the dictionary's own.
    patterns->dict->lhmin = patterns->dict->rhmin = 2;
    if (patterns->dict->utf8 == 0) {
        std::string_view name(patterns->dict->cset);
        if (name.starts_with("microsoft-")) name.remove_prefix(10);
        UErrorCode status = U_ZERO_ERROR;
        patterns->converter = ucnv_open(std::string(name).c_str(), &status);
        if (U_FAILURE(status)) return nullptr;
    }
    return std::unique_ptr<HyphenationDictionary>(new HyphenationDictionary(std::move(patterns)));
}

// Empty: the dictionary's encoding lacks a letter.
std::string HyphenationDictionary::encoded(const std::vector<Letter>& word) const {
    std::string out;
    if (patterns_->converter == nullptr) {
        for (const Letter& letter : word) append_utf8(out, letter.character);
        return out;
    }
    UErrorCode status = U_ZERO_ERROR;
    UConverter* const converter = ucnv_clone(patterns_->converter, &status);
    if (U_FAILURE(status)) return out;
    ucnv_setFromUCallBack(converter, UCNV_FROM_U_CALLBACK_STOP, nullptr, nullptr, nullptr, &status);
    std::u16string units;
    for (const Letter& letter : word)
        units += static_cast<char16_t>(letter.character < 0x10000 ? letter.character : 0xFFFF);
    out.resize(units.size());
    const std::int32_t size = ucnv_fromUChars(converter, out.data(), static_cast<std::int32_t>(out.size()),
                                              units.data(), static_cast<std::int32_t>(units.size()), &status);
    ucnv_close(converter);
    if (U_FAILURE(status) || static_cast<std::size_t>(size) != word.size()) out.clear();
    return out;
}

std::uint64_t HyphenationDictionary::word_breaks(const std::vector<Letter>& word,
                                                 const HyphenationLimits& limits) const {
    const auto count = static_cast<int>(word.size());
    if (count < std::max(2, limits.word_min)) return 0;
    const std::string text = encoded(word);
    if (text.empty()) return 0;
    std::array<char, 4 * kTokenBytesMax + 8> marks{};
    char** replacements = nullptr;
    int* positions = nullptr;
    int* cuts = nullptr;
    const int failed = hnj_hyphen_hyphenate2(patterns_->dict, text.data(), static_cast<int>(text.size()), marks.data(),
                                             nullptr, &replacements, &positions, &cuts);
    std::uint64_t mask = 0;
    for (int i = 0; failed == 0 && i + 1 < count; ++i) {
        const bool changes = replacements != nullptr && replacements[i] != nullptr;
        const int before = i + 1, after = count - before;
        if ((marks[static_cast<std::size_t>(i)] & 1) != 0 && !changes && before >= std::max(1, limits.before_min) &&
            after >= std::max(1, limits.after_min))
            mask |= std::uint64_t{1} << word[static_cast<std::size_t>(before)].offset;
    }
    for (std::size_t i = 0; replacements != nullptr && i < text.size(); ++i) std::free(replacements[i]);
    std::free(replacements);
    std::free(positions);
    std::free(cuts);
    return mask;
}

std::uint64_t HyphenationDictionary::breaks(std::string_view token, const HyphenationLimits& limits) const {
    if (token.size() > kTokenBytesMax) return 0;
    std::uint64_t mask = 0;
    std::vector<Letter> word;
    for (std::size_t at = 0; at < token.size();) {
        const auto offset = static_cast<std::uint32_t>(at);
        const char32_t c = decode_utf8(token, at);
        if (u_isalpha(static_cast<UChar32>(c)) != 0) {
            word.push_back({static_cast<char32_t>(u_tolower(static_cast<UChar32>(c))), offset});
            continue;
        }
        mask |= word_breaks(word, limits);
        word.clear();
    }
    return mask | word_breaks(word, limits);
}

const HyphenationDictionary* HyphenationLibrary::find(std::string_view lang, const FontSource& source) {
    if (const auto known = dictionaries_.find(lang); known != dictionaries_.end()) return known->second.get();
    if (dictionaries_.size() >= kDictionariesMax)
        std::erase_if(dictionaries_, [](const auto& entry) { return entry.second == nullptr; });
    if (dictionaries_.size() >= kDictionariesMax) return nullptr;
    std::unique_ptr<HyphenationDictionary> found;
    for (const std::string& name : file_names(read_tag(lang))) {
        const Result<Bytes> file = source.read(name);
        if (file) found = HyphenationDictionary::create(*file);
        if (found) break;
    }
    return dictionaries_.emplace(lang, std::move(found)).first->second.get();
}

}  // namespace galley::document
