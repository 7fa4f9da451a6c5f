// src/document/html/tags.h — the elements whose names steer the tree builder, as numbers.
//
// Shape    find_tag(lower-case name) → Tag, Tag::Other for any other name. tag_name() points to constant text.
// Threads  any; constant data.
// Source   https://html.spec.whatwg.org/multipage/parsing.html#tree-construction
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string_view>

namespace galley::document {

// clang-format off
#define GALLEY_HTML_TAGS(X) \
    X(a) X(address) X(applet) X(area) X(article) X(aside) X(b) X(base) X(basefont) X(bgsound) X(big) \
    X(blockquote) X(body) X(br) X(button) X(caption) X(center) X(code) X(col) X(colgroup) X(dd) X(details) \
    X(dialog) X(dir) X(div) X(dl) X(dt) X(em) X(embed) X(fieldset) X(figcaption) X(figure) X(font) X(footer) \
    X(form) X(frame) X(frameset) X(h1) X(h2) X(h3) X(h4) X(h5) X(h6) X(head) X(header) X(hgroup) X(hr) X(html) \
    X(i) X(iframe) X(image) X(img) X(input) X(keygen) X(li) X(link) X(listing) X(main) X(marquee) X(math) \
    X(menu) X(meta) X(nav) X(nobr) X(noembed) X(noframes) X(noscript) X(object) X(ol) X(optgroup) X(option) \
    X(p) X(param) X(plaintext) X(pre) X(rb) X(rp) X(rt) X(rtc) X(ruby) X(s) X(script) X(search) X(section) \
    X(select) X(small) X(source) X(span) X(strike) X(strong) X(style) X(summary) X(svg) X(table) X(tbody) \
    X(td) X(textarea) X(tfoot) X(th) X(thead) X(title) X(tr) X(track) X(tt) X(u) X(ul) X(var) X(wbr) X(xmp)
// clang-format on

enum class Tag : std::uint8_t {
    Other,
#define X(name) k_##name,
    GALLEY_HTML_TAGS(X)
#undef X
        Count
};

Tag find_tag(std::string_view name);
std::string_view tag_name(Tag tag);

// A constant set of tags, one bit each.
class TagSet {
 public:
    constexpr TagSet(std::initializer_list<Tag> tags) {
        for (const Tag tag : tags) words_[word(tag)] |= bit(tag);
    }
    constexpr bool has(Tag tag) const { return (words_[word(tag)] & bit(tag)) != 0; }

 private:
    static constexpr unsigned word(Tag tag) { return static_cast<unsigned>(tag) / 64; }
    static constexpr std::uint64_t bit(Tag tag) { return std::uint64_t{1} << (static_cast<unsigned>(tag) % 64); }
    std::uint64_t words_[4] = {};
};

extern const TagSet kSpecialTags;     // "special" of the parsing section
extern const TagSet kFormattingTags;  // a, b, code, …
extern const TagSet kVoidTags;        // br, img, …
extern const TagSet kImpliedEndTags;  // dd, dt, li, p, …

}  // namespace galley::document
