#include "document/text/pair_shaping.h"

#include <hb-aat.h>
#include <hb-ot.h>

#include <algorithm>
#include <optional>
#include <span>

namespace galley::document {
namespace {

constexpr hb_tag_t kGsub = HB_TAG('G', 'S', 'U', 'B'), kGpos = HB_TAG('G', 'P', 'O', 'S');
constexpr unsigned kPairPos = 2, kMarkToBase = 4, kMarkToMark = 6, kExtension = 9;
constexpr unsigned kAdvanceOnly = 0x0044;  // XAdvance and its device table

struct SetDeleter {
    void operator()(hb_set_t* set) const { hb_set_destroy(set); }
};
using GlyphSet = std::unique_ptr<hb_set_t, SetDeleter>;

GlyphSet make_set() {
    return GlyphSet(hb_set_create());
}

bool has_table(hb_face_t* face, hb_tag_t tag) {
    hb_blob_t* const blob = hb_face_reference_table(face, tag);
    const bool found = hb_blob_get_length(blob) != 0;
    hb_blob_destroy(blob);
    return found;
}

// A table's big-endian numbers; nothing beyond its end.
class Table {
 public:
    explicit Table(std::span<const unsigned char> bytes) : bytes_(bytes) {}
    std::optional<std::size_t> u16(std::size_t at) const {
        if (at + 2 > bytes_.size()) return std::nullopt;
        return static_cast<std::size_t>(bytes_[at]) << 8 | bytes_[at + 1];
    }
    std::optional<std::size_t> u32(std::size_t at) const {
        const auto high = u16(at), low = u16(at + 2);
        if (!high || !low) return std::nullopt;
        return *high << 16 | *low;
    }

 private:
    std::span<const unsigned char> bytes_;
};

// What a GPOS lookup may do to a word without marks.
enum class Effect : std::uint8_t { None, Kerning, More };

// One subtable of pair positioning: does it change the first glyph's advance alone?
bool only_kerns(const Table& table, std::size_t at) {
    const auto first = table.u16(at + 4), second = table.u16(at + 6);
    return first && second && (*first & ~std::size_t{kAdvanceOnly}) == 0 && *second == 0;
}

Effect effect_of(const Table& table, unsigned lookup) {
    const auto list = table.u16(8);
    const auto offset = list ? table.u16(*list + 2 + 2 * std::size_t{lookup}) : std::nullopt;
    if (!offset) return Effect::More;
    const std::size_t at = *list + *offset;
    const auto type = table.u16(at), count = table.u16(at + 4);
    if (!type || !count) return Effect::More;
    Effect effect = Effect::None;
    for (std::size_t i = 0; i < *count; ++i) {
        const auto subtable = table.u16(at + 6 + 2 * i);
        if (!subtable) return Effect::More;
        std::size_t place = at + *subtable, kind = *type;
        if (kind == kExtension) {
            const auto inner = table.u16(place + 2);
            const auto further = table.u32(place + 4);
            if (!inner || !further) return Effect::More;
            kind = *inner;
            place += *further;
        }
        if (kind >= kMarkToBase && kind <= kMarkToMark) continue;
        if (kind != kPairPos || !only_kerns(table, place)) return Effect::More;
        effect = Effect::Kerning;
    }
    return effect;
}

// The glyphs that the lookups of a shaping plan may change or look at, kerning left out.
class TouchedGlyphs {
 public:
    TouchedGlyphs(hb_face_t* face, hb_shape_plan_t* plan) : face_(face), plan_(plan) {
        each_lookup(kGsub, [this](unsigned lookup) { add(kGsub, lookup); });
        hb_blob_t* blob = hb_face_reference_table(face, kGpos);
        unsigned size = 0;
        const auto* data = reinterpret_cast<const unsigned char*>(hb_blob_get_data(blob, &size));
        const Table table({data, size});
        each_lookup(kGpos, [&](unsigned lookup) {
            const Effect effect = effect_of(table, lookup);
            kerns_ |= effect == Effect::Kerning;
            if (effect == Effect::More) add(kGpos, lookup);
        });
        hb_blob_destroy(blob);
    }
    bool has(hb_codepoint_t glyph) const { return hb_set_has(touched_.get(), glyph) != 0; }
    bool kerns() const { return kerns_; }

 private:
    template <typename Visit>
    void each_lookup(hb_tag_t table, Visit visit) {
        const GlyphSet lookups = make_set();
        hb_ot_shape_plan_collect_lookups(plan_, table, lookups.get());
        for (hb_codepoint_t lookup = HB_SET_VALUE_INVALID; hb_set_next(lookups.get(), &lookup) != 0;) visit(lookup);
    }
    void add(hb_tag_t table, unsigned lookup) {
        hb_ot_layout_lookup_collect_glyphs(face_, table, lookup, touched_.get(), touched_.get(), touched_.get(),
                                           nullptr);
    }

    hb_face_t* face_;
    hb_shape_plan_t* plan_;
    GlyphSet touched_ = make_set();
    bool kerns_ = false;
};

}  // namespace

PairShaping::PairShaping(const Face& face, const std::vector<hb_feature_t>& features, hb_language_t language)
    : face_(face),
      features_(features),
      language_(language),
      buffer_(hb_buffer_create()),
      kerning_(kCount * kCount, kUnknown) {
    hb_face_t* const hb = face.hb_face();
    const bool apple = hb_aat_layout_has_substitution(hb) != 0 || hb_aat_layout_has_positioning(hb) != 0 ||
                       hb_aat_layout_has_tracking(hb) != 0;
    // DEVIATION: instances of variable fonts may have other lookups than the plan that is made here.
    if (!apple && face.variations().empty()) find_characters();
}

void PairShaping::find_characters() {
    hb_face_t* const hb = face_.hb_face();
    const hb_segment_properties_t text{HB_DIRECTION_LTR, HB_SCRIPT_LATIN, language_, nullptr, nullptr};
    hb_shape_plan_t* const plan =
        hb_shape_plan_create_cached(hb, &text, features_.data(), static_cast<unsigned>(features_.size()), nullptr);
    const TouchedGlyphs touched(hb, plan);
    hb_shape_plan_destroy(plan);
    if (has_table(hb, HB_TAG('k', 'e', 'r', 'n')) && !touched.kerns()) return;  // an old table kerns instead
    for (std::size_t i = 0; i < kCount; ++i) {
        const char c = static_cast<char>(kFirst + i);
        const std::uint32_t glyph = face_.glyph(static_cast<unsigned char>(c));
        const bool mark = hb_ot_layout_get_glyph_class(hb, glyph) == HB_OT_LAYOUT_GLYPH_CLASS_MARK;
        if (glyph == 0 || glyph > UINT16_MAX || mark || touched.has(glyph)) continue;
        if (!shape_with_harfbuzz({&c, 1})) continue;
        const hb_glyph_info_t& info = *hb_buffer_get_glyph_infos(buffer_.get(), nullptr);
        const hb_glyph_position_t& position = *hb_buffer_get_glyph_positions(buffer_.get(), nullptr);
        if (info.codepoint != glyph || position.x_offset != 0 || position.y_offset != 0) continue;
        characters_[i] = {static_cast<std::uint16_t>(glyph), true, position.x_advance};
    }
}

// False: not a glyph for each character.
bool PairShaping::shape_with_harfbuzz(std::string_view text) {
    hb_buffer_t* const buffer = buffer_.get();
    hb_buffer_clear_contents(buffer);
    hb_buffer_add_utf8(buffer, text.data(), static_cast<int>(text.size()), 0, static_cast<int>(text.size()));
    hb_buffer_set_direction(buffer, HB_DIRECTION_LTR);
    hb_buffer_set_script(buffer, HB_SCRIPT_LATIN);
    hb_buffer_set_language(buffer, language_);
    hb_shape(face_.hb_font(), buffer, features_.data(), static_cast<unsigned>(features_.size()));
    return hb_buffer_get_length(buffer) == text.size();
}

std::int16_t PairShaping::measure(std::size_t left, std::size_t right) {
    const char text[] = {static_cast<char>(kFirst + left), static_cast<char>(kFirst + right)};
    if (!shape_with_harfbuzz({text, 2})) return kMore;
    const hb_glyph_info_t* const infos = hb_buffer_get_glyph_infos(buffer_.get(), nullptr);
    const hb_glyph_position_t* const positions = hb_buffer_get_glyph_positions(buffer_.get(), nullptr);
    const Character &first = characters_[left], &second = characters_[right];
    const bool moved = std::ranges::any_of(std::span(positions, 2), [](const hb_glyph_position_t& position) {
        return position.x_offset != 0 || position.y_offset != 0;
    });
    if (moved || infos[0].codepoint != first.glyph || infos[1].codepoint != second.glyph ||
        positions[1].x_advance != second.advance)
        return kMore;
    const int kerning = positions[0].x_advance - first.advance;
    return kerning > kMore && kerning <= INT16_MAX ? static_cast<std::int16_t>(kerning) : kMore;
}

bool PairShaping::shape(std::string_view text, std::uint32_t begin, std::vector<Glyph>& out) {
    out.clear();
    std::size_t last = kCount;
    for (const char c : text) {
        const std::size_t i = static_cast<unsigned char>(c) - kFirst;
        if (i >= kCount || !characters_[i].pairs) return false;
        if (last != kCount) {
            std::int16_t& kerning = kerning_[last * kCount + i];
            if (kerning == kUnknown) kerning = measure(last, i);
            if (kerning == kMore) return false;
            out.back().advance += kerning;
        }
        out.push_back({begin++, characters_[i].advance, characters_[i].glyph, 0, 0});
        last = i;
    }
    return true;
}

}  // namespace galley::document
