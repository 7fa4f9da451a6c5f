#include "document/pdf/glyf_subset.h"

#include <hb.h>

#include <algorithm>
#include <string>
#include <string_view>

namespace galley::document {
namespace {

constexpr std::size_t kComponentsMax = 256;
constexpr std::size_t kGlyphsMax = 65'535;

class Table {
 public:
    Table(hb_face_t* face, hb_tag_t tag) : blob_(hb_face_reference_table(face, tag)) {
        unsigned length = 0;
        const char* const data = hb_blob_get_data(blob_, &length);
        bytes_ = std::string_view(data, length);
    }
    ~Table() { hb_blob_destroy(blob_); }
    Table(const Table&) = delete;
    Table& operator=(const Table&) = delete;
    std::string_view bytes() const { return bytes_; }

 private:
    hb_blob_t* blob_;
    std::string_view bytes_;
};

unsigned u16(std::string_view bytes, std::size_t at) {
    if (at + 2 > bytes.size()) return 0;
    return static_cast<unsigned>(static_cast<unsigned char>(bytes[at]) << 8) |
           static_cast<unsigned char>(bytes[at + 1]);
}
std::uint32_t u32(std::string_view bytes, std::size_t at) {
    return (u16(bytes, at) << 16) | u16(bytes, at + 2);
}

void put16(std::string& out, unsigned value) {
    out += static_cast<char>(value >> 8 & 0xFF);
    out += static_cast<char>(value & 0xFF);
}
void put32(std::string& out, std::uint32_t value) {
    put16(out, value >> 16);
    put16(out, value & 0xFFFF);
}
void set16(std::string& out, std::size_t at, unsigned value) {
    out[at] = static_cast<char>(value >> 8 & 0xFF);
    out[at + 1] = static_cast<char>(value & 0xFF);
}

enum ComponentFlag : unsigned {
    kWordArguments = 0x0001,
    kHasScale = 0x0008,
    kMoreComponents = 0x0020,
    kHasXyScale = 0x0040,
    kHasTwoByTwo = 0x0080,
    kHasInstructions = 0x0100,
};

std::size_t component_bytes(unsigned flags) {
    const std::size_t scale = (flags & kHasScale) != 0      ? 2
                              : (flags & kHasXyScale) != 0  ? 4
                              : (flags & kHasTwoByTwo) != 0 ? 8
                                                            : 0;
    return 4 + ((flags & kWordArguments) != 0 ? 4 : 2) + scale;
}

class Subsetter {
 public:
    explicit Subsetter(const Face& face)
        : glyf_(face.hb_face(), HB_TAG('g', 'l', 'y', 'f')),
          loca_(face.hb_face(), HB_TAG('l', 'o', 'c', 'a')),
          head_(face.hb_face(), HB_TAG('h', 'e', 'a', 'd')),
          hhea_(face.hb_face(), HB_TAG('h', 'h', 'e', 'a')),
          hmtx_(face.hb_face(), HB_TAG('h', 'm', 't', 'x')),
          maxp_(face.hb_face(), HB_TAG('m', 'a', 'x', 'p')),
          glyph_count_(hb_face_get_glyph_count(face.hb_face())) {}

    bool usable() const {
        return !glyf_.bytes().empty() && !loca_.bytes().empty() && head_.bytes().size() >= 54 &&
               hhea_.bytes().size() >= 36 && maxp_.bytes().size() >= 32;
    }

    GlyfSubset run(std::span<const std::uint32_t> glyphs, std::span<const GlyphCharacter> characters) {
        collect(glyphs);
        build_glyphs();
        GlyfSubset subset;
        subset.sfnt = assemble(characters);
        subset.glyphs = std::move(order_);
        return subset;
    }

 private:
    std::string_view outline(std::uint32_t glyph) const {
        if (glyph >= glyph_count_) return {};
        const bool wide = u16(head_.bytes(), 50) != 0;
        const std::size_t begin = wide ? u32(loca_.bytes(), glyph * 4) : u16(loca_.bytes(), glyph * 2) * 2;
        const std::size_t end = wide ? u32(loca_.bytes(), glyph * 4 + 4) : u16(loca_.bytes(), glyph * 2 + 2) * 2;
        if (begin >= end || end > glyf_.bytes().size() || end - begin < 10) return {};
        return glyf_.bytes().substr(begin, end - begin);
    }

    static bool is_composite(std::string_view glyph) { return glyph.size() >= 10 && (u16(glyph, 0) & 0x8000) != 0; }

    std::uint32_t number(std::uint32_t glyph) {
        if (glyph >= glyph_count_) return 0;
        if (new_numbers_[glyph] == 0 && glyph != 0 && order_.size() < kGlyphsMax) {
            new_numbers_[glyph] = static_cast<std::uint32_t>(order_.size());
            order_.push_back(glyph);
        }
        return new_numbers_[glyph];
    }

    // Its number in the subset; 0, the missing glyph, for one that is not there, or that only the character map knows.
    std::uint32_t new_number(std::uint32_t glyph) const { return glyph < glyph_count_ ? new_numbers_[glyph] : 0; }

    // The wanted glyphs first, then whatever their composites need, breadth first.
    void collect(std::span<const std::uint32_t> glyphs) {
        new_numbers_.assign(glyph_count_, 0);
        order_.assign(1, 0);
        for (const std::uint32_t glyph : glyphs) number(glyph);
        for (std::size_t i = 0; i < order_.size(); ++i)
            for_each_component(outline(order_[i]), [&](std::size_t /*at*/, std::uint32_t part) { number(part); });
    }

    // Calls visit(offset of the component, its glyph); gives the offset behind the last one.
    template <typename Visit>
    static std::size_t for_each_component(std::string_view glyph, Visit&& visit) {
        if (!is_composite(glyph)) return 0;
        std::size_t at = 10;
        for (std::size_t i = 0; i < kComponentsMax && at + 4 <= glyph.size(); ++i) {
            const unsigned flags = u16(glyph, at);
            visit(at, u16(glyph, at + 2));
            at += component_bytes(flags);
            if ((flags & kMoreComponents) == 0) break;
        }
        return std::min(at, glyph.size());
    }

    void build_glyphs() {
        for (const std::uint32_t glyph : order_) {
            offsets_.push_back(static_cast<std::uint32_t>(glyf_out_.size()));
            const std::string_view source = outline(glyph);
            if (is_composite(source))
                add_composite(source);
            else if (!source.empty())
                add_simple(source);
            if (glyf_out_.size() % 2 != 0) glyf_out_ += '\0';
        }
        offsets_.push_back(static_cast<std::uint32_t>(glyf_out_.size()));
    }

    void add_simple(std::string_view glyph) {
        const std::size_t contours = u16(glyph, 0);
        const std::size_t header = 10 + 2 * contours;
        const std::size_t points_at = header + 2 + u16(glyph, header);
        if (header + 2 > glyph.size() || points_at > glyph.size()) return;  // broken: stays empty
        glyf_out_ += glyph.substr(0, header);
        put16(glyf_out_, 0);  // no instructions
        glyf_out_ += glyph.substr(points_at);
    }

    void add_composite(std::string_view glyph) {
        const std::size_t start = glyf_out_.size();
        const std::size_t end = for_each_component(glyph, [](std::size_t, std::uint32_t) {});
        glyf_out_ += glyph.substr(0, end);
        for_each_component(glyph, [&](std::size_t at, std::uint32_t part) {
            set16(glyf_out_, start + at, u16(glyph, at) & ~static_cast<unsigned>(kHasInstructions));
            set16(glyf_out_, start + at + 2, number(part));
        });
    }

    std::string metrics() const {
        const std::size_t long_count = std::max(1U, u16(hhea_.bytes(), 34));
        std::string out;
        for (const std::uint32_t glyph : order_) {
            const std::size_t advance_at = std::min<std::size_t>(glyph, long_count - 1) * 4;
            const std::size_t bearing_at =
                glyph < long_count ? glyph * 4 + 2 : long_count * 4 + (glyph - long_count) * 2;
            put16(out, u16(hmtx_.bytes(), advance_at));
            put16(out, u16(hmtx_.bytes(), bearing_at));
        }
        return out;
    }

    std::string locations(bool wide) const {
        std::string out;
        for (const std::uint32_t offset : offsets_) wide ? put32(out, offset) : put16(out, offset / 2);
        return out;
    }

    // Format 4 with one segment for each run of neighbouring characters and glyphs.
    std::string character_map(std::span<const GlyphCharacter> characters) const {
        struct Segment {
            unsigned first, last, glyph;
        };
        std::vector<Segment> segments;
        for (const auto& [character, old_glyph] : characters) {
            const unsigned glyph = new_number(old_glyph);
            if (!segments.empty() && segments.back().last + 1 == character &&
                segments.back().glyph + (character - segments.back().first) == glyph)
                segments.back().last = character;
            else
                segments.push_back({character, character, glyph});
        }
        segments.push_back({0xFFFF, 0xFFFF, 0});
        const auto count = static_cast<unsigned>(segments.size());
        unsigned range = 1;
        unsigned selector = 0;
        for (; range * 2 <= count; range *= 2) ++selector;
        std::string out;
        for (const unsigned value : {0U, 1U, 3U, 1U, 0U, 12U}) put16(out, value);  // one subtable (3,1) at 12
        for (const unsigned value : {4U, 16U + 8U * count, 0U, count * 2, range * 2, selector, (count - range) * 2})
            put16(out, value);
        for (const Segment& segment : segments) put16(out, segment.last);
        put16(out, 0);
        for (const Segment& segment : segments) put16(out, segment.first);
        for (const Segment& segment : segments)
            put16(out, segment.first == 0xFFFF ? 1 : (segment.glyph - segment.first) & 0xFFFF);
        for (std::size_t i = 0; i < segments.size(); ++i) put16(out, 0);
        return out;
    }

    std::string assemble(std::span<const GlyphCharacter> characters) {
        const bool wide = glyf_out_.size() > 0x1FFFE;
        const auto count = static_cast<unsigned>(order_.size());
        std::string head(head_.bytes().substr(0, 54));
        for (std::size_t i = 8; i < 12; ++i) head[i] = '\0';  // checkSumAdjustment, set below
        set16(head, 50, wide ? 1 : 0);
        std::string hhea(hhea_.bytes().substr(0, 36));
        set16(hhea, 34, count);
        std::string maxp(maxp_.bytes().substr(0, 32));
        set16(maxp, 4, count);
        for (std::size_t at = 14; at < 28; at += 2) set16(maxp, at, at == 14 ? 2 : 0);  // nothing for the interpreter
        std::vector<std::pair<hb_tag_t, std::string>> tables;
        if (!characters.empty()) tables.emplace_back(HB_TAG('c', 'm', 'a', 'p'), character_map(characters));
        tables.emplace_back(HB_TAG('g', 'l', 'y', 'f'),
                            glyf_out_.empty() ? std::string(2, '\0') : std::move(glyf_out_));
        tables.emplace_back(HB_TAG('h', 'e', 'a', 'd'), std::move(head));
        tables.emplace_back(HB_TAG('h', 'h', 'e', 'a'), std::move(hhea));
        tables.emplace_back(HB_TAG('h', 'm', 't', 'x'), metrics());
        tables.emplace_back(HB_TAG('l', 'o', 'c', 'a'), locations(wide));
        tables.emplace_back(HB_TAG('m', 'a', 'x', 'p'), std::move(maxp));
        return write_sfnt(tables);
    }

    static std::uint32_t checksum(std::string_view bytes) {
        std::uint32_t sum = 0;
        std::size_t at = 0;
        for (; at + 4 <= bytes.size(); at += 4) sum += u32(bytes, at);
        std::string last(bytes.substr(at));
        last.resize(4, '\0');
        return sum + u32(last, 0);
    }

    static std::string write_sfnt(std::vector<std::pair<hb_tag_t, std::string>>& tables) {
        const auto count = static_cast<unsigned>(tables.size());
        std::string out;
        put32(out, 0x00010000);
        unsigned power = 1;
        unsigned selector = 0;
        for (; power * 2 <= count; power *= 2) ++selector;
        for (const unsigned value : {count, power * 16, selector, (count - power) * 16}) put16(out, value);
        std::size_t offset = 12 + 16 * tables.size();
        std::size_t head_offset = 0;
        for (const auto& [tag, bytes] : tables) {
            if (tag == HB_TAG('h', 'e', 'a', 'd')) head_offset = offset;
            for (const std::uint32_t value :
                 {static_cast<std::uint32_t>(tag), checksum(bytes), static_cast<std::uint32_t>(offset),
                  static_cast<std::uint32_t>(bytes.size())})
                put32(out, value);
            offset += (bytes.size() + 3) / 4 * 4;
        }
        for (const auto& [tag, bytes] : tables) {
            out += bytes;
            out.resize((out.size() + 3) / 4 * 4, '\0');
        }
        std::string adjustment;
        put32(adjustment, 0xB1B0AFBAU - checksum(out));
        out.replace(head_offset + 8, 4, adjustment);
        return out;
    }

    Table glyf_, loca_, head_, hhea_, hmtx_, maxp_;
    std::uint32_t glyph_count_;
    std::vector<std::uint32_t> order_;        // new → old
    std::vector<std::uint32_t> new_numbers_;  // old → new, 0 = none
    std::vector<std::uint32_t> offsets_;
    std::string glyf_out_;
};

}  // namespace

Result<GlyfSubset> subset_glyf(const Face& face, std::span<const std::uint32_t> glyphs,
                               std::span<const GlyphCharacter> characters) {
    Subsetter subsetter(face);
    if (!subsetter.usable()) return fail(ErrorCode::InvalidInput, "the font has no complete TrueType outlines");
    return subsetter.run(glyphs, characters);
}

}  // namespace galley::document
