#include "document/text/line_break.h"

#include <unicode/ubrk.h>
#include <unicode/uchar.h>
#include <unicode/utext.h>

#include <algorithm>
#include <array>
#include <span>

#include "document/text/utf8.h"

namespace galley::document {
namespace {

// The classes of UAX #14 that need no look at combining marks, scripts or dictionaries; Complex is everything else.
enum Class : std::uint8_t {
    kAl,
    kNu,
    kSp,
    kBk,
    kCr,
    kLf,
    kOp,
    kCp,
    kCl,
    kEx,
    kIs,
    kSy,
    kQu,
    kHy,
    kHyphen,
    kBa,
    kBb,
    kB2,
    kGl,
    kPr,
    kPo,
    kIn,
    kZw,
    kWj,
    kNs,
    kComplex,
};
constexpr std::size_t kClassCount = kComplex;

Class class_of(ULineBreak value) {
    switch (value) {
        case U_LB_ALPHABETIC:
        case U_LB_AMBIGUOUS:
            return kAl;
        case U_LB_NUMERIC:
            return kNu;
        case U_LB_SPACE:
            return kSp;
        case U_LB_MANDATORY_BREAK:
        case U_LB_NEXT_LINE:
            return kBk;
        case U_LB_CARRIAGE_RETURN:
            return kCr;
        case U_LB_LINE_FEED:
            return kLf;
        case U_LB_OPEN_PUNCTUATION:
            return kOp;
        case U_LB_CLOSE_PARENTHESIS:
            return kCp;
        case U_LB_CLOSE_PUNCTUATION:
            return kCl;
        case U_LB_EXCLAMATION:
            return kEx;
        case U_LB_INFIX_NUMERIC:
            return kIs;
        case U_LB_BREAK_SYMBOLS:
            return kSy;
        case U_LB_QUOTATION:
            return kQu;
        case U_LB_HYPHEN:
            return kHy;
        case U_LB_BREAK_AFTER:
            return kBa;
        case U_LB_BREAK_BEFORE:
            return kBb;
        case U_LB_BREAK_BOTH:
            return kB2;
        case U_LB_GLUE:
            return kGl;
        case U_LB_PREFIX_NUMERIC:
            return kPr;
        case U_LB_POSTFIX_NUMERIC:
            return kPo;
        case U_LB_INSEPARABLE:
            return kIn;
        case U_LB_ZWSPACE:
            return kZw;
        case U_LB_WORD_JOINER:
            return kWj;
        default:
            return kComplex;
    }
}

constexpr char32_t kSimpleEnd = 0x2100;  // above: East Asian widths and ideographs begin to matter

Class classify(char32_t code_point) {
    if (code_point == 0x2010) return kHyphen;
    const Class simple =
        class_of(static_cast<ULineBreak>(u_getIntPropertyValue(static_cast<UChar32>(code_point), UCHAR_LINE_BREAK)));
    return code_point < kSimpleEnd || simple == kAl ? simple : kComplex;
}

const std::array<Class, 0x300>& low_classes() {
    static const std::array<Class, 0x300> table = [] {
        std::array<Class, 0x300> classes{};
        for (char32_t c = 0; c < classes.size(); ++c) classes[c] = classify(c);
        return classes;
    }();
    return table;
}

enum class Pair : std::uint8_t { No, Yes, Forced, Look };

constexpr bool one_of(Class c, std::initializer_list<Class> set) {
    for (const Class member : set)
        if (member == c) return true;
    return false;
}

// What two neighbours decide alone; Look where more context counts (Context).
constexpr Pair pair_rule(Class a, Class b) {
    if (a == kBk || a == kLf) return Pair::Forced;  // LB4, LB5
    if (a == kCr) return b == kLf ? Pair::No : Pair::Forced;
    if (one_of(b, {kBk, kCr, kLf, kSp, kZw})) return Pair::No;  // LB6, LB7
    if (a == kZw) return Pair::Yes;                             // LB8
    if (a == kSp) return Pair::Look;
    if (a == kWj || b == kWj || a == kGl) return Pair::No;                                            // LB11, LB12
    if (b == kGl) return one_of(a, {kBa, kHy, kHyphen}) ? Pair::Yes : Pair::No;                       // LB12a
    if (one_of(b, {kCl, kCp, kEx, kSy, kIs})) return Pair::No;                                        // LB13
    if (a == kOp || a == kQu || b == kQu) return Pair::No;                                            // LB14, LB19
    if (one_of(a, {kCl, kCp}) && b == kNs) return Pair::No;                                           // LB16
    if (a == kB2 && b == kB2) return Pair::No;                                                        // LB17
    if (one_of(b, {kBa, kHyphen, kHy, kNs}) || a == kBb) return Pair::No;                             // LB21
    if (one_of(a, {kHy, kHyphen}) && b == kAl) return Pair::Look;                                     // LB20a
    if (b == kIn) return Pair::No;                                                                    // LB22
    if ((a == kAl && b == kNu) || (a == kNu && b == kAl)) return Pair::No;                            // LB23
    if ((a == kAl && one_of(b, {kPr, kPo})) || (one_of(a, {kPr, kPo}) && b == kAl)) return Pair::No;  // LB24
    if (b == kNu && one_of(a, {kNu, kIs, kHy, kPr, kPo})) return Pair::No;                            // LB25
    if (b == kNu && a == kSy) return Pair::Look;
    if (one_of(b, {kPr, kPo}) && one_of(a, {kNu, kSy, kIs, kCl, kCp})) return Pair::Look;
    if (b == kOp && one_of(a, {kPr, kPo})) return Pair::Look;
    if ((a == kAl || a == kIs) && b == kAl) return Pair::No;  // LB28, LB29
    if ((a == kAl || a == kNu) && b == kOp) return Pair::No;  // LB30
    if (a == kCp && (b == kAl || b == kNu)) return Pair::No;
    return Pair::Yes;  // LB31
}

constexpr auto kPairs = [] {
    std::array<std::array<Pair, kClassCount>, kClassCount> table{};
    for (std::size_t a = 0; a < kClassCount; ++a)
        for (std::size_t b = 0; b < kClassCount; ++b)
            table[a][b] = pair_rule(static_cast<Class>(a), static_cast<Class>(b));
    return table;
}();

class Context {
 public:
    Context(std::span<const std::uint8_t> classes, std::size_t at) : classes_(classes), at_(at) {}

    // Between at-1 and at, where the pair alone does not decide. broke_before: a break before at-1.
    bool allows_break(bool broke_before) const {
        const Class a = get(at_ - 1);
        const Class b = get(at_);
        if (a == kSp) return after_spaces(b);
        if (b == kAl) return !broke_before;  // LB20a: no break behind a hyphen that starts something
        if (b == kNu) return !number_ends_at(at_);
        if (b == kOp) return !number_starts_at(at_ + 1);
        const std::size_t end = one_of(a, {kCl, kCp}) ? at_ - 1 : at_;
        return !number_ends_at(end);
    }

 private:
    Class get(std::size_t i) const { return static_cast<Class>(classes_[i]); }

    bool after_spaces(Class b) const {
        std::size_t i = at_ - 1;
        while (i > 0 && get(i) == kSp) --i;
        const Class base = get(i);
        if (base == kZw) return true;                                           // LB8
        if (one_of(b, {kWj, kCl, kCp, kEx, kSy})) return false;                 // LB11, LB13
        if (base == kOp) return false;                                          // LB14
        if (base == kQu && b == kOp) return false;                              // LB15
        if (one_of(base, {kCl, kCp}) && b == kNs) return false;                 // LB16
        if (base == kB2 && b == kB2) return false;                              // LB17
        if (b == kIs) return at_ + 1 < classes_.size() && get(at_ + 1) == kNu;  // " .23" starts a number
        return true;                                                            // LB18
    }

    // NU (NU | SY | IS)* ends right before `end`.
    bool number_ends_at(std::size_t end) const {
        while (end > 0 && one_of(get(end - 1), {kSy, kIs})) --end;
        return end > 0 && get(end - 1) == kNu;
    }

    // IS? NU starts at `begin`.
    bool number_starts_at(std::size_t begin) const {
        if (begin < classes_.size() && get(begin) == kIs) ++begin;
        return begin < classes_.size() && get(begin) == kNu;
    }

    std::span<const std::uint8_t> classes_;
    std::size_t at_;
};

// ICU's name of the tailoring. Automatic is strict, whatever the language.
std::string locale_of(const LineBreakWish& wish) {
    std::string locale(wish.lang);
    if (wish.rule == LineBreakRule::Loose) locale += "@lb=loose";
    if (wish.rule == LineBreakRule::Normal) locale += "@lb=normal";
    if (wish.rule == LineBreakRule::Strict || wish.rule == LineBreakRule::Auto) locale += "@lb=strict";
    return locale;
}

}  // namespace

struct LineBreaker::Icu {
    std::string locale;
    UBreakIterator* iterator = nullptr;
    std::string buffer;
    ~Icu() { ubrk_close(iterator); }
};

LineBreaker::LineBreaker() = default;
LineBreaker::~LineBreaker() = default;

const std::vector<BreakMark>& LineBreaker::find(std::string_view text, char32_t previous, const LineBreakWish& wish) {
    return find_by_table(text, previous) ? marks_ : find_by_icu(text, previous, wish);
}

// https://www.w3.org/TR/css-text-3/#valdef-word-break-keep-all
void LineBreaker::keep_letters_together(std::string_view text) {
    bool letter_before = false;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t begin = at;
        const auto c = static_cast<UChar32>(decode_utf8(text, at));
        const bool letter = u_isalnum(c) != 0;
        if (letter && letter_before && marks_[begin] == BreakMark::Allowed) marks_[begin] = BreakMark::None;
        letter_before = letter;
    }
}

bool LineBreaker::find_by_table(std::string_view text, char32_t previous) {
    const auto& low = low_classes();
    const auto look_up = [&](char32_t c) { return c < low.size() ? low[c] : classify(c); };
    const std::size_t lead = previous != 0 ? 1 : 0;
    classes_.resize(lead + text.size());  // characters, so at most that many
    if (previous != 0) classes_[0] = look_up(previous);
    if (previous != 0 && classes_[0] == kComplex) return false;
    // OPTIMIZATION: ASCII text needs no offsets: a character is a byte.
    const std::size_t plain = classify_ascii(text, lead);
    if (plain == text.size()) {
        mark_breaks(text.size(), lead, true);
        return true;
    }
    offsets_.assign(lead, 0);
    for (std::size_t offset = 0; offset < text.size();) {
        const auto begin = static_cast<std::uint32_t>(offset);
        const Class c = look_up(decode_utf8(text, offset));
        if (c == kComplex) return false;
        classes_[offsets_.size()] = c;
        offsets_.push_back(begin);
    }
    classes_.resize(offsets_.size());
    mark_breaks(text.size(), lead, false);
    return true;
}

// Classes of the leading ASCII bytes, up to one that is not, or is complex; gives their number.
std::size_t LineBreaker::classify_ascii(std::string_view text, std::size_t lead) {
    const auto& low = low_classes();
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        const Class c = byte < 0x80 ? low[byte] : kComplex;
        if (c == kComplex) return i;
        classes_[lead + i] = c;
    }
    return text.size();
}

// From classes_ to marks_; in ASCII text the i-th class after the lead is that of the i-th byte.
void LineBreaker::mark_breaks(std::size_t size, std::size_t lead, bool ascii) {
    marks_.assign(size + 1, BreakMark::None);
    const std::uint8_t* const classes = classes_.data();
    bool broke_before = true;  // the start of the text counts as one (LB2)
    for (std::size_t i = 1; i < classes_.size(); ++i) {
        const Pair pair = kPairs[classes[i - 1]][classes[i]];
        if (pair == Pair::No) {
            broke_before = false;
            continue;
        }
        broke_before = pair != Pair::Look || Context(classes_, i).allows_break(broke_before);
        if (!broke_before) continue;
        marks_[ascii ? i - lead : offsets_[i]] = pair == Pair::Forced ? BreakMark::Forced : BreakMark::Allowed;
    }
}

const std::vector<BreakMark>& LineBreaker::find_by_icu(std::string_view text, char32_t previous,
                                                       const LineBreakWish& wish) {
    marks_.assign(text.size() + 1, BreakMark::None);
    if (!icu_) icu_ = std::make_unique<Icu>();
    UErrorCode status = U_ZERO_ERROR;
    const std::string locale = locale_of(wish);
    if (icu_->iterator == nullptr || icu_->locale != locale) {
        ubrk_close(icu_->iterator);
        icu_->locale = locale;
        icu_->iterator = ubrk_open(UBRK_LINE, icu_->locale.c_str(), nullptr, 0, &status);
        if (U_FAILURE(status)) {  // without ICU's data a line ends only where the table knows
            icu_->iterator = nullptr;
            return marks_;
        }
    }
    icu_->buffer.clear();
    if (previous != 0) append_utf8(icu_->buffer, previous);
    const auto lead = static_cast<std::int32_t>(icu_->buffer.size());
    icu_->buffer += text;
    UText* const utext =
        utext_openUTF8(nullptr, icu_->buffer.data(), static_cast<std::int64_t>(icu_->buffer.size()), &status);
    ubrk_setUText(icu_->iterator, utext, &status);
    for (std::int32_t at = ubrk_first(icu_->iterator); U_SUCCESS(status) && at != UBRK_DONE;
         at = ubrk_next(icu_->iterator)) {
        if (at < lead || at == 0 || static_cast<std::size_t>(at - lead) >= text.size()) continue;
        const bool forced = ubrk_getRuleStatus(icu_->iterator) >= UBRK_LINE_HARD;
        marks_[static_cast<std::size_t>(at - lead)] = forced ? BreakMark::Forced : BreakMark::Allowed;
    }
    utext_close(utext);
    if (wish.keep_all) keep_letters_together(text);
    return marks_;
}

}  // namespace galley::document
