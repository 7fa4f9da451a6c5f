#include "document/html/tags.h"

#include <array>
#include <cstddef>

namespace galley::document {

namespace {

constexpr std::string_view kNames[] = {"",
#define X(name) #name,
                                       GALLEY_HTML_TAGS(X)
#undef X
};
static_assert(std::size(kNames) == static_cast<std::size_t>(Tag::Count));

constexpr std::size_t kSlots = 512;

constexpr std::size_t hash_name(std::string_view name) {
    std::size_t hash = name.size();
    for (const char c : name) hash = hash * 31 + static_cast<unsigned char>(c);
    return (hash ^ (hash >> 7)) % kSlots;
}

// Open addressing, filled at compile time.
constexpr std::array<std::uint8_t, kSlots> make_slots() {
    std::array<std::uint8_t, kSlots> slots{};
    for (std::size_t i = 1; i < std::size(kNames); ++i) {
        std::size_t at = hash_name(kNames[i]);
        while (slots[at] != 0) at = (at + 1) % kSlots;
        slots[at] = static_cast<std::uint8_t>(i);
    }
    return slots;
}

constexpr auto kSlotTable = make_slots();

}  // namespace

Tag find_tag(std::string_view name) {
    if (name.size() > 10) return Tag::Other;
    for (std::size_t at = hash_name(name); kSlotTable[at] != 0; at = (at + 1) % kSlots) {
        if (kNames[kSlotTable[at]] == name) return static_cast<Tag>(kSlotTable[at]);
    }
    return Tag::Other;
}

std::string_view tag_name(Tag tag) {
    return kNames[static_cast<std::size_t>(tag)];
}

const TagSet kSpecialTags{
    Tag::k_address,   Tag::k_applet,     Tag::k_area,       Tag::k_article,  Tag::k_aside,   Tag::k_base,
    Tag::k_basefont,  Tag::k_bgsound,    Tag::k_blockquote, Tag::k_body,     Tag::k_br,      Tag::k_button,
    Tag::k_caption,   Tag::k_center,     Tag::k_col,        Tag::k_colgroup, Tag::k_dd,      Tag::k_details,
    Tag::k_dir,       Tag::k_div,        Tag::k_dl,         Tag::k_dt,       Tag::k_embed,   Tag::k_fieldset,
    Tag::k_figure,    Tag::k_figcaption, Tag::k_footer,     Tag::k_form,     Tag::k_frame,   Tag::k_frameset,
    Tag::k_h1,        Tag::k_h2,         Tag::k_h3,         Tag::k_h4,       Tag::k_h5,      Tag::k_h6,
    Tag::k_head,      Tag::k_header,     Tag::k_hgroup,     Tag::k_hr,       Tag::k_html,    Tag::k_iframe,
    Tag::k_img,       Tag::k_input,      Tag::k_keygen,     Tag::k_li,       Tag::k_link,    Tag::k_listing,
    Tag::k_main,      Tag::k_marquee,    Tag::k_menu,       Tag::k_meta,     Tag::k_nav,     Tag::k_noembed,
    Tag::k_noframes,  Tag::k_noscript,   Tag::k_object,     Tag::k_ol,       Tag::k_p,       Tag::k_param,
    Tag::k_plaintext, Tag::k_pre,        Tag::k_script,     Tag::k_search,   Tag::k_section, Tag::k_select,
    Tag::k_source,    Tag::k_style,      Tag::k_summary,    Tag::k_table,    Tag::k_tbody,   Tag::k_td,
    Tag::k_textarea,  Tag::k_tfoot,      Tag::k_th,         Tag::k_thead,    Tag::k_title,   Tag::k_tr,
    Tag::k_track,     Tag::k_ul,         Tag::k_wbr,        Tag::k_xmp};

const TagSet kFormattingTags{Tag::k_a,    Tag::k_b, Tag::k_big,   Tag::k_code,   Tag::k_em,     Tag::k_font, Tag::k_i,
                             Tag::k_nobr, Tag::k_s, Tag::k_small, Tag::k_strike, Tag::k_strong, Tag::k_tt,   Tag::k_u};

const TagSet kVoidTags{Tag::k_area,  Tag::k_base,  Tag::k_basefont, Tag::k_bgsound, Tag::k_br,    Tag::k_col,
                       Tag::k_embed, Tag::k_frame, Tag::k_hr,       Tag::k_img,     Tag::k_input, Tag::k_keygen,
                       Tag::k_link,  Tag::k_meta,  Tag::k_param,    Tag::k_source,  Tag::k_track, Tag::k_wbr};

const TagSet kImpliedEndTags{Tag::k_dd, Tag::k_dt, Tag::k_li, Tag::k_optgroup, Tag::k_option,
                             Tag::k_p,  Tag::k_rb, Tag::k_rp, Tag::k_rt,       Tag::k_rtc};

}  // namespace galley::document
