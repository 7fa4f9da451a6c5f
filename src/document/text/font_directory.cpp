#include "document/text/font_directory.h"

#include <fontconfig/fontconfig.h>

#include <algorithm>
#include <array>
#include <map>
#include <string_view>

#include "base/mutex.h"

namespace galley::document {
namespace {

constexpr std::size_t kSortedListsMax = 64;
constexpr int kValuesMax = 256;

const FcChar8* fc_text(const char* text) {
    return reinterpret_cast<const FcChar8*>(text);
}

struct PatternDeleter {
    void operator()(FcPattern* pattern) const { FcPatternDestroy(pattern); }
};
using Pattern = std::unique_ptr<FcPattern, PatternDeleter>;

struct SortedDeleter {
    void operator()(FcFontSet* set) const { FcFontSetDestroy(set); }
};
using Sorted = std::unique_ptr<FcFontSet, SortedDeleter>;

Pattern make_pattern(FcConfig* config, const FontWish& wish) {
    Pattern pattern(FcPatternCreate());
    if (!wish.family.empty()) FcPatternAddString(pattern.get(), FC_FAMILY, fc_text(wish.family.c_str()));
    for (const std::string& family : wish.others) FcPatternAddString(pattern.get(), FC_FAMILY, fc_text(family.c_str()));
    if (!wish.lang.empty()) FcPatternAddString(pattern.get(), FC_LANG, fc_text(wish.lang.c_str()));
    const int slant = wish.style == FontStyle::Normal   ? FC_SLANT_ROMAN
                      : wish.style == FontStyle::Italic ? FC_SLANT_ITALIC
                                                        : FC_SLANT_OBLIQUE;
    FcPatternAddInteger(pattern.get(), FC_SLANT, slant);
    FcPatternAddDouble(pattern.get(), FC_WEIGHT, FcWeightFromOpenTypeDouble(wish.weight));
    FcPatternAddDouble(pattern.get(), FC_WIDTH, wish.stretch_percent);
    FcPatternAddBool(pattern.get(), FC_SCALABLE, FcTrue);
    FcConfigSubstitute(config, pattern.get(), FcMatchPattern);
    FcDefaultSubstitute(pattern.get());
    return pattern;
}

bool same_family(const FcChar8* a, const FcChar8* b) {
    return FcStrCmpIgnoreCase(a, b) == 0;
}

// Does the found font carry a family that the pattern names by itself or by a binding as strong as that?
bool is_asked_for(FcPattern* pattern, FcPattern* found) {
    for (int i = 0; i < kValuesMax; ++i) {
        FcValue value;
        FcValueBinding binding = FcValueBindingWeak;
        if (FcPatternGetWithBinding(pattern, FC_FAMILY, i, &value, &binding) != FcResultMatch) return false;
        if (binding == FcValueBindingWeak || value.type != FcTypeString) continue;
        FcChar8* family = nullptr;
        for (int j = 0; j < kValuesMax && FcPatternGetString(found, FC_FAMILY, j, &family) == FcResultMatch; ++j)
            if (same_family(family, value.u.s)) return true;
    }
    return false;
}

// fontconfig's rules say it where they are installed (90-synthetic.conf, which then also rewrites weight and slant);
// else what browsers do: a bold wish on a face that is none.
bool lacks_bold(FcPattern* found, const FontWish& wish) {
    constexpr int kBoldFrom = 600;
    constexpr double kMediumMost = 550;
    FcBool embolden = FcFalse;
    if (FcPatternGetBool(found, FC_EMBOLDEN, 0, &embolden) == FcResultMatch && embolden == FcTrue) return true;
    double weight = FC_WEIGHT_REGULAR;
    FcPatternGetDouble(found, FC_WEIGHT, 0, &weight);
    return wish.weight >= kBoldFrom && FcWeightToOpenTypeDouble(weight) < kMediumMost;
}

bool lacks_slant(FcPattern* found, const FontWish& wish) {
    if (wish.style == FontStyle::Normal) return false;
    FcMatrix* matrix = nullptr;
    if (FcPatternGetMatrix(found, FC_MATRIX, 0, &matrix) == FcResultMatch && matrix->xy != 0) return true;
    int slant = FC_SLANT_ROMAN;
    FcPatternGetInteger(found, FC_SLANT, 0, &slant);
    return slant == FC_SLANT_ROMAN;
}

std::optional<FontFileRef> describe(FcPattern* found, const FontWish& wish) {
    FcChar8* path = nullptr;
    if (FcPatternGetString(found, FC_FILE, 0, &path) != FcResultMatch) return std::nullopt;
    FontFileRef ref;
    ref.path = reinterpret_cast<const char*>(path);
    int index = 0;
    FcPatternGetInteger(found, FC_INDEX, 0, &index);
    ref.index = static_cast<unsigned>(index);
    if (FcChar8* variations = nullptr; FcPatternGetString(found, FC_FONT_VARIATIONS, 0, &variations) == FcResultMatch)
        ref.variations = reinterpret_cast<const char*>(variations);
    ref.synthetic_bold = lacks_bold(found, wish);
    ref.synthetic_oblique = lacks_slant(found, wish);
    return ref;
}

bool has_character(FcPattern* font, char32_t code_point) {
    FcCharSet* characters = nullptr;
    return FcPatternGetCharSet(font, FC_CHARSET, 0, &characters) == FcResultMatch &&
           FcCharSetHasChar(characters, code_point) == FcTrue;
}

std::string list_key(const FontWish& wish) {
    return wish.family + '/' + std::to_string(wish.weight) + '/' + std::to_string(static_cast<int>(wish.style)) + '/' +
           std::to_string(wish.stretch_percent) + '/' + wish.lang;
}

}  // namespace

bool is_generic_family(std::string_view family) {
    constexpr std::array kGenerics = {"serif", "sans-serif", "monospace", "cursive", "fantasy", "sans", "mono"};
    return std::ranges::find(kGenerics, family) != kGenerics.end();
}

std::string font_language(std::string_view tag) {
    constexpr std::size_t kTagMax = 35;
    std::string lang(tag.substr(0, kTagMax));
    std::ranges::transform(lang, lang.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c == '_' ? '-' : c;
    });
    if (lang.starts_with("zh-hant")) lang = "zh-tw";
    if (lang.starts_with("zh-hans")) lang = "zh-cn";
    static FcStrSet* const known = FcGetLangs();  // kept for the process
    for (const std::string& name : {lang, lang.substr(0, lang.find('-'))})
        if (FcStrSetMember(known, fc_text(name.c_str())) == FcTrue) return name;
    return {};
}

struct FontDirectory::State {
    struct List {
        Pattern pattern;
        Sorted fonts;
    };

    ~State() {
        lists.clear();
        if (config != nullptr) FcConfigDestroy(config);
    }

    FcConfig* loaded() GALLEY_REQUIRES(mutex) {
        if (!tried) config = FcInitLoadConfigAndFonts();
        tried = true;
        return config;
    }

    List& sorted(const FontWish& wish) GALLEY_REQUIRES(mutex) {
        const std::string key = list_key(wish);
        if (const auto found = lists.find(key); found != lists.end()) return found->second;
        if (lists.size() >= kSortedListsMax) lists.clear();
        List& list = lists[key];
        list.pattern = make_pattern(config, wish);
        FcResult result = FcResultMatch;
        list.fonts.reset(FcFontSort(config, list.pattern.get(), FcTrue, nullptr, &result));
        return list;
    }

    Mutex mutex;
    bool tried GALLEY_GUARDED_BY(mutex) = false;
    FcConfig* config = nullptr;  // guarded by mutex; the destructor runs alone
    std::map<std::string, List> lists;
};

FontDirectory::FontDirectory() : state_(std::make_unique<State>()) {}
FontDirectory::~FontDirectory() = default;

std::optional<FontFileRef> FontDirectory::match(const FontWish& wish) {
    const MutexLock lock(state_->mutex);
    FcConfig* const config = state_->loaded();
    if (config == nullptr) return std::nullopt;
    const Pattern pattern = make_pattern(config, wish);
    FcResult result = FcResultMatch;
    const Pattern found(FcFontMatch(config, pattern.get(), &result));
    if (!found) return std::nullopt;
    const bool any = wish.substitute || wish.family.empty() || is_generic_family(wish.family);
    if (!any && !is_asked_for(pattern.get(), found.get())) return std::nullopt;
    return describe(found.get(), wish);
}

std::optional<FontFileRef> FontDirectory::named(const std::string& name) {
    const MutexLock lock(state_->mutex);
    FcConfig* const config = state_->loaded();
    if (config == nullptr) return std::nullopt;
    const std::unique_ptr<FcObjectSet, void (*)(FcObjectSet*)> fields(FcObjectSetBuild(FC_FILE, FC_INDEX, nullptr),
                                                                      &FcObjectSetDestroy);
    for (const char* const object : {FC_FULLNAME, FC_POSTSCRIPT_NAME}) {
        const Pattern pattern(FcPatternCreate());
        FcPatternAddString(pattern.get(), object, fc_text(name.c_str()));
        const Sorted found(FcFontList(config, pattern.get(), fields.get()));
        if (!found || found->nfont == 0) continue;
        std::optional<FontFileRef> best;  // by path, since fontconfig's order is that of its caches
        for (int i = 0; i < found->nfont; ++i) {
            FcChar8* path = nullptr;
            int index = 0;
            if (FcPatternGetString(found->fonts[i], FC_FILE, 0, &path) != FcResultMatch) continue;
            FcPatternGetInteger(found->fonts[i], FC_INDEX, 0, &index);
            FontFileRef ref{reinterpret_cast<const char*>(path), static_cast<unsigned>(index), {}, false, false};
            if (!best || ref.path < best->path) best = std::move(ref);
        }
        if (best) return best;
    }
    return std::nullopt;
}

std::optional<FontFileRef> FontDirectory::fallback(char32_t code_point, const FontWish& wish) {
    const MutexLock lock(state_->mutex);
    FcConfig* const config = state_->loaded();
    if (config == nullptr) return std::nullopt;
    const State::List& list = state_->sorted(wish);
    if (!list.fonts) return std::nullopt;
    for (int i = 0; i < list.fonts->nfont; ++i) {
        if (!has_character(list.fonts->fonts[i], code_point)) continue;
        const Pattern prepared(FcFontRenderPrepare(config, list.pattern.get(), list.fonts->fonts[i]));
        if (prepared) return describe(prepared.get(), wish);
    }
    return std::nullopt;
}

}  // namespace galley::document
