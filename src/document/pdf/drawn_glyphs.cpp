#include "document/pdf/drawn_glyphs.h"

#include <hb-ot.h>
#include <hb.h>

#include <algorithm>
#include <array>
#include <memory>

#include "document/geometry/image_info.h"
#include "document/pdf/number_text.h"
#include "document/pdf/to_unicode.h"

namespace galley::document {
namespace {

constexpr unsigned kLayersMax = 256;
constexpr unsigned kTextColor = 0xFFFF;  // the palette entry that stands for the colour of the text
constexpr std::size_t kOutlineBytesMax = 1'000'000;

struct BlobDeleter {
    void operator()(hb_blob_t* blob) const { hb_blob_destroy(blob); }
};
using Blob = std::unique_ptr<hb_blob_t, BlobDeleter>;

void number(std::string& out, double value) {
    append_real(out, value, 2);
    out += ' ';
}

void point(std::string& out, float x, float y) {
    number(out, static_cast<double>(x));
    number(out, static_cast<double>(y));
}

// An outline as path operators.
struct Outline {
    std::string path;
    bool full() const { return path.size() > kOutlineBytesMax; }
};

hb_draw_funcs_t* outline_functions() {
    static hb_draw_funcs_t* const functions = [] {
        hb_draw_funcs_t* made = hb_draw_funcs_create();
        hb_draw_funcs_set_move_to_func(
            made,
            [](hb_draw_funcs_t*, void* data, hb_draw_state_t*, float x, float y, void*) {
                auto& outline = *static_cast<Outline*>(data);
                if (!outline.full()) point(outline.path, x, y), outline.path += "m ";
            },
            nullptr, nullptr);
        hb_draw_funcs_set_line_to_func(
            made,
            [](hb_draw_funcs_t*, void* data, hb_draw_state_t*, float x, float y, void*) {
                auto& outline = *static_cast<Outline*>(data);
                if (!outline.full()) point(outline.path, x, y), outline.path += "l ";
            },
            nullptr, nullptr);
        // Quadratic curves reach this one as cubic curves.
        hb_draw_funcs_set_cubic_to_func(
            made,
            [](hb_draw_funcs_t*, void* data, hb_draw_state_t*, float x1, float y1, float x2, float y2, float x3,
               float y3, void*) {
                auto& outline = *static_cast<Outline*>(data);
                if (outline.full()) return;
                point(outline.path, x1, y1);
                point(outline.path, x2, y2);
                point(outline.path, x3, y3);
                outline.path += "c ";
            },
            nullptr, nullptr);
        hb_draw_funcs_set_close_path_func(
            made,
            [](hb_draw_funcs_t*, void* data, hb_draw_state_t*, void*) { static_cast<Outline*>(data)->path += "h "; },
            nullptr, nullptr);
        hb_draw_funcs_make_immutable(made);
        return made;
    }();
    return functions;
}

std::string layer_color(const Face& face, unsigned index) {
    std::array<hb_color_t, 1> color{};
    unsigned count = 1;
    if (index == kTextColor || hb_ot_color_palette_get_colors(face.hb_face(), 0, index, &count, color.data()) == 0 ||
        count == 0)
        return {};
    std::string out;
    for (const unsigned channel :
         {hb_color_get_red(color[0]), hb_color_get_green(color[0]), hb_color_get_blue(color[0])})
        append_real(out, channel / 255.0, 3), out += ' ';
    return out + "rg ";
}

// GAP: the layers' own transparency is not looked at.
std::string layers_of(const Face& face, std::uint32_t glyph) {
    std::array<hb_ot_color_layer_t, kLayersMax> layers{};
    unsigned count = kLayersMax;
    hb_ot_color_glyph_get_layers(face.hb_face(), glyph, 0, &count, layers.data());
    std::string out;
    for (unsigned i = 0; i < count; ++i) {
        Outline outline;
        hb_font_get_glyph_shape(face.hb_font(), layers[i].glyph, outline_functions(), &outline);
        if (!outline.path.empty()) out += "q " + layer_color(face, layers[i].color_index) + outline.path + "f Q ";
    }
    return out;
}

class FontWriter {
 public:
    FontWriter(PdfFile& file, DocumentImages& images, const Face& face, std::vector<std::string>& warnings)
        : file_(file), images_(images), face_(face), warnings_(warnings) {}

    ObjectId write(std::span<const DrawnGlyph> glyphs) {
        std::string procedures, names, widths;
        std::vector<std::string> texts;
        for (std::size_t i = 0; i < glyphs.size(); ++i) {
            const std::string name = "/g" + std::to_string(i);
            const double advance = face_.advance(glyphs[i].glyph) * scale_;
            std::string content;
            number(content, advance);
            content += "0 d0 ";
            append_real(content, scale_, 4);
            content += " 0 0 ";
            append_real(content, scale_, 4);
            content += " 0 0 cm " + picture(glyphs[i].glyph, i);
            procedures += name + " " + reference(file_.add_deflated("", content));
            names += name;
            number(widths, advance);
            texts.push_back(glyphs[i].text);
        }
        const ObjectId unicode = file_.add_deflated("", byte_unicode_map(texts));
        return file_.add("<</Type/Font/Subtype/Type3/FontBBox[" + box() +
                         "]/FontMatrix[.001 0 0 .001 0 0]/CharProcs<<" + procedures +
                         ">>/Encoding<</Type/Encoding/Differences[0" + names + "]>>/FirstChar 0/LastChar " +
                         std::to_string(glyphs.size() - 1) + "/Widths[" + widths + "]/Resources<</XObject<<" +
                         pictures_ + ">>>>/ToUnicode " + reference(unicode) + ">>");
    }

 private:
    std::string box() const {
        const FaceMetrics& metrics = face_.metrics();
        std::string out;
        for (const int edge : {0, -metrics.descent, metrics.units_per_em * 5 / 4, metrics.ascent})
            number(out, edge * scale_);
        return out;
    }

    std::string picture(std::uint32_t glyph, std::size_t i) {
        if (hb_ot_color_glyph_get_layers(face_.hb_face(), glyph, 0, nullptr, nullptr) > 0)
            return layers_of(face_, glyph);
        const Blob png(hb_ot_color_glyph_reference_png(face_.hb_font(), glyph));
        unsigned size = 0;
        const char* const data = hb_blob_get_data(png.get(), &size);
        hb_glyph_extents_t extents{};
        if (size == 0 || hb_font_get_glyph_extents(face_.hb_font(), glyph, &extents) == 0) return {};
        const Result<std::shared_ptr<const ImageData>> read = probe_image(SharedBytes(Bytes(data, size)));
        if (!read) return warn(read.error());
        const Result<ObjectId> image = images_.embed(*read);
        if (!image) return warn(image.error());
        const std::string name = "/i" + std::to_string(i);
        pictures_ += name + " " + reference(*image);
        std::string out = "q ";
        for (const int value :
             {extents.width, 0, 0, -extents.height, extents.x_bearing, extents.y_bearing + extents.height}) {
            append_integer(out, value);
            out += ' ';
        }
        return out + "cm " + name + " Do Q";
    }

    std::string warn(const Error& error) {
        warnings_.push_back("a picture of the font " + face_.postscript_name() + " is left out: " + error.message);
        return {};
    }

    PdfFile& file_;
    DocumentImages& images_;
    const Face& face_;
    std::vector<std::string>& warnings_;
    double scale_ = 1000.0 / face_.metrics().units_per_em;  // font units to the thousandths of Type 3
    std::string pictures_;
};

}  // namespace

bool has_pictures(const Face& face) {
    return face.hb_face() != nullptr &&
           (hb_ot_color_has_png(face.hb_face()) != 0 || hb_ot_color_has_layers(face.hb_face()) != 0);
}

bool is_drawn(const Face& face, std::uint32_t glyph) {
    if (face.outlines() == Face::Outlines::Bitmap) return true;
    return hb_ot_color_glyph_get_layers(face.hb_face(), glyph, 0, nullptr, nullptr) > 0;
}

ObjectId write_drawn_font(PdfFile& file, DocumentImages& images, const Face& face, std::span<const DrawnGlyph> glyphs,
                          std::vector<std::string>& warnings) {
    return FontWriter(file, images, face, warnings).write(glyphs);
}

}  // namespace galley::document
