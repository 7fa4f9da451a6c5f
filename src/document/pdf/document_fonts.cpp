#include "document/pdf/document_fonts.h"

#include <algorithm>

#include "document/pdf/number_text.h"
#include "document/pdf/to_unicode.h"

namespace galley::document {
namespace {

enum DescriptorFlag : unsigned { kFixedPitch = 1, kSymbolic = 4, kNonSymbolic = 32, kItalic = 64 };

std::string descriptor(const Face& face, const FontProgram& program, unsigned flags, ObjectId file_id) {
    const FaceMetrics& metrics = face.metrics();
    const auto scaled = [&](int value) { return std::int64_t{value} * 1000 / metrics.units_per_em; };
    if (metrics.fixed_pitch) flags |= kFixedPitch;
    if (metrics.italic) flags |= kItalic;
    std::string out =
        "<</Type/FontDescriptor/FontName/" + program.subset_name + "/Flags " + std::to_string(flags) + "/FontBBox[";
    for (const int edge : metrics.bbox) append_integer(out, scaled(edge)), out += ' ';
    out.back() = ']';
    const auto entry = [&](const char* name, std::int64_t value) { out += name, append_integer(out, value); };
    entry("/ItalicAngle ", metrics.italic_angle_degrees);
    entry("/Ascent ", scaled(metrics.ascent));
    entry("/Descent ", -scaled(metrics.descent));
    entry("/CapHeight ", scaled(metrics.cap_height));
    entry("/StemV ", 50 + metrics.weight / 8);  // no table tells; viewers use it only without the font program
    out += program.kind == FontProgram::Kind::Cff ? "/FontFile3 " : "/FontFile2 ";
    return out + reference(file_id) + ">>";
}

ObjectId write_program(PdfFile& file, const FontProgram& program) {
    std::string entries = "/Filter/FlateDecode";
    entries += program.kind == FontProgram::Kind::Cff ? "/Subtype/CIDFontType0C"
                                                      : "/Length1 " + std::to_string(program.raw_bytes);
    return file.add_known_stream(entries, program.deflated, program.digest);
}

}  // namespace

bool FaceUse::note_glyph(std::uint32_t glyph, std::string_view text) {
    const auto [place, is_new] = glyph_text.try_emplace(glyph, text);
    if (place->second.empty()) place->second = text;
    return place->second == text;
}

std::size_t FaceUse::note_drawn(std::uint32_t glyph) {
    const auto [place, is_new] = drawn_codes.try_emplace(glyph, drawn.size());
    if (is_new) drawn.push_back(glyph);
    return place->second;
}

std::string FaceUse::drawn_name(std::size_t number) const {
    return "E" + simple_name.substr(1) + "x" + std::to_string(number / kDrawnGlyphsPerFont);
}

FaceUse& DocumentFonts::use(const Face& face) {
    if (last_ != nullptr && last_->face == &face) return *last_;
    for (const std::unique_ptr<FaceUse>& known : uses_)
        if (known->face == &face) return *(last_ = known.get());
    auto fresh = std::make_unique<FaceUse>();
    fresh->face = &face;
    fresh->codes = cache_.codes(face);
    fresh->pictures = has_pictures(face);
    const std::string number = std::to_string(uses_.size() + 1);
    fresh->simple_name = "F" + number;
    fresh->composite_name = "G" + number;
    uses_.push_back(std::move(fresh));
    return *(last_ = uses_.back().get());
}

std::string DocumentFonts::write(PdfFile& file, DocumentImages& images, std::vector<std::string>& warnings) {
    std::string entries;
    for (const std::unique_ptr<FaceUse>& use : uses_) {
        if (use->blocks != 0) write_simple(file, *use, entries, warnings);
        if (use->glyph_text.size() > use->drawn.size()) write_composite(file, *use, entries, warnings);
        if (!use->drawn.empty()) write_drawn(file, images, *use, entries, warnings);
        if ((use->blocks != 0 || !use->glyph_text.empty()) && !use->face->embeddable())
            warnings.push_back("the font " + use->face->postscript_name() + " forbids embedding by its licence bits");
    }
    return entries;
}

ObjectId DocumentFonts::simple_unicode(PdfFile& file) {
    if (!simple_unicode_) simple_unicode_ = file.add_deflated("", win_ansi_unicode_map());
    return *simple_unicode_;
}

void DocumentFonts::write_simple(PdfFile& file, const FaceUse& use, std::string& entries,
                                 std::vector<std::string>& warnings) {
    const auto program = cache_.simple(*use.face, *use.codes, use.blocks);
    if (!program) return warnings.push_back(program.error().message);
    const FontProgram& font = **program;
    const ObjectId descriptor_id = file.add(descriptor(*use.face, font, kNonSymbolic, write_program(file, font)));
    const ObjectId id = file.add("<</Type/Font/Subtype/TrueType/BaseFont/" + font.subset_name +
                                 "/Encoding/WinAnsiEncoding/FirstChar 32/LastChar " + std::to_string(font.last_code) +
                                 "/Widths[" + font.widths + "]/FontDescriptor " + reference(descriptor_id) +
                                 "/ToUnicode " + reference(simple_unicode(file)) + ">>");
    entries += "/" + use.simple_name + " " + reference(id);
}

void DocumentFonts::write_drawn(PdfFile& file, DocumentImages& images, const FaceUse& use, std::string& entries,
                                std::vector<std::string>& warnings) {
    for (std::size_t begin = 0; begin < use.drawn.size(); begin += kDrawnGlyphsPerFont) {
        std::vector<DrawnGlyph> glyphs;
        for (std::size_t i = begin; i < std::min(use.drawn.size(), begin + kDrawnGlyphsPerFont); ++i) {
            const auto text = use.glyph_text.find(use.drawn[i]);
            glyphs.push_back({use.drawn[i], text == use.glyph_text.end() ? std::string() : text->second});
        }
        const ObjectId id = write_drawn_font(file, images, *use.face, glyphs, warnings);
        entries += "/" + use.drawn_name(begin) + " " + reference(id);
    }
}

void DocumentFonts::write_composite(PdfFile& file, const FaceUse& use, std::string& entries,
                                    std::vector<std::string>& warnings) {
    std::vector<std::uint32_t> glyphs;
    for (const auto& [glyph, text] : use.glyph_text)
        if (!use.drawn_codes.contains(glyph)) glyphs.push_back(glyph);
    const auto program = cache_.composite(*use.face, *use.codes, glyphs);
    if (!program) return warnings.push_back(program.error().message);
    const FontProgram& font = **program;
    const ObjectId descriptor_id = file.add(descriptor(*use.face, font, kSymbolic, write_program(file, font)));
    std::string map;
    if (font.kind == FontProgram::Kind::TrueType)
        map = "/CIDToGIDMap" + (font.cid_to_glyph.empty()
                                    ? std::string("/Identity")
                                    : " " + reference(file.add_stream("/Filter/FlateDecode", font.cid_to_glyph)));
    const ObjectId descendant = file.add(
        std::string("<</Type/Font/Subtype/") + (font.kind == FontProgram::Kind::Cff ? "CIDFontType0" : "CIDFontType2") +
        "/BaseFont/" + font.subset_name + "/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>" + map +
        "/DW 0/W[" + font.widths + "]/FontDescriptor " + reference(descriptor_id) + ">>");
    const ObjectId unicode = file.add_deflated("", to_unicode_map(use.glyph_text, use.codes->cids));
    const ObjectId id =
        file.add("<</Type/Font/Subtype/Type0/BaseFont/" + font.subset_name + "/Encoding/Identity-H/DescendantFonts[" +
                 reference(descendant) + "]/ToUnicode " + reference(unicode) + ">>");
    entries += "/" + use.composite_name + " " + reference(id);
}

}  // namespace galley::document
