#include "document/text/loaded_face.h"

#include <hb-ot.h>
#include <hb.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <cmath>
#include <map>

namespace galley::document {
namespace {

constexpr std::uint32_t kGlyphsMax = 65'536;
constexpr unsigned kVariationsMax = 64;

hb_blob_t* share_blob(const SharedBytes& file) {
    return hb_blob_create(file.view().data(), static_cast<unsigned>(file.size()), HB_MEMORY_MODE_READONLY,
                          new SharedBytes(file), [](void* held) { delete static_cast<SharedBytes*>(held); });
}

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

    std::size_t size() const { return bytes_.size(); }
    int u16(std::size_t at) const { return at + 2 <= bytes_.size() ? (byte(at) << 8) | byte(at + 1) : 0; }
    int s16(std::size_t at) const { return static_cast<std::int16_t>(u16(at)); }

 private:
    int byte(std::size_t at) const { return static_cast<unsigned char>(bytes_[at]); }
    hb_blob_t* blob_;
    std::string_view bytes_;
};

int metric(hb_font_t* font, hb_ot_metrics_tag_t tag, int otherwise) {
    hb_position_t value = 0;
    return hb_ot_metrics_get_position(font, tag, &value) ? value : otherwise;
}

}  // namespace

std::string variation_text(const std::vector<std::pair<std::string, double>>& axes) {
    std::map<std::string, double> settings;
    for (const auto& [tag, value] : axes)
        if (tag.find_first_of(",=") == std::string::npos) settings[tag] = value;
    std::string text;
    for (const auto& [tag, value] : settings) {
        std::array<char, 32> number{};
        const auto end =
            std::to_chars(number.data(), number.data() + number.size(), value, std::chars_format::fixed, 3);
        if (end.ec != std::errc()) continue;
        text.append(text.empty() ? "" : ",").append(tag).append("=").append(number.data(), end.ptr);
    }
    return text;
}

LoadedFace::LoadedFace(SharedBytes file, FaceWish wish) : file_(std::move(file)), wish_(std::move(wish)) {
    static std::atomic<std::uint32_t> next_id{1};
    id_ = next_id.fetch_add(1, std::memory_order_relaxed);
}

LoadedFace::~LoadedFace() {
    hb_font_destroy(hb_font_);
    hb_face_destroy(hb_face_);
}

Result<std::shared_ptr<const LoadedFace>> LoadedFace::create(SharedBytes file, const FaceWish& wish) {
    const std::shared_ptr<LoadedFace> face(new LoadedFace(std::move(file), wish));
    if (!face->load()) return fail(ErrorCode::InvalidInput, "the font file holds no usable face");
    return face;
}

bool LoadedFace::load() {
    hb_blob_t* const blob = share_blob(file_);
    hb_face_ = hb_face_create(blob, face_index());
    hb_blob_destroy(blob);
    const unsigned glyph_count = hb_face_get_glyph_count(hb_face_);
    if (glyph_count == 0 || glyph_count > kGlyphsMax) return false;
    hb_font_ = hb_font_create(hb_face_);
    hb_ot_font_set_funcs(hb_font_);
    apply_variations();
    read_metrics();
    read_os2();
    read_names();
    read_glyphs();
    read_space_kerning();
    hb_face_make_immutable(hb_face_);
    hb_font_make_immutable(hb_font_);
    return true;
}

void LoadedFace::apply_variations() {
    if (const unsigned instance = wish_.index >> 16; instance != 0)
        hb_font_set_var_named_instance(hb_font_, instance - 1);
    if (wish_.variations.empty()) return;
    std::vector<hb_variation_t> settings;
    std::string_view rest = wish_.variations;
    while (!rest.empty() && settings.size() < kVariationsMax) {
        const std::size_t comma = std::min(rest.find(','), rest.size());
        hb_variation_t setting;
        if (hb_variation_from_string(rest.data(), static_cast<int>(comma), &setting)) settings.push_back(setting);
        rest.remove_prefix(std::min(comma + 1, rest.size()));
    }
    hb_font_set_variations(hb_font_, settings.data(), static_cast<unsigned>(settings.size()));
}

void LoadedFace::read_metrics() {
    metrics_.units_per_em = static_cast<int>(hb_face_get_upem(hb_face_));
    hb_font_extents_t extents{};
    hb_font_get_h_extents(hb_font_, &extents);
    const int em = metrics_.units_per_em;
    metrics_.ascent = extents.ascender;
    metrics_.descent = -extents.descender;
    metrics_.line_gap = std::max(0, extents.line_gap);
    if (metrics_.ascent + metrics_.descent <= 0) {
        metrics_.ascent = em * 4 / 5;
        metrics_.descent = em - metrics_.ascent;
    }
    metrics_.x_height = metric(hb_font_, HB_OT_METRICS_TAG_X_HEIGHT, em / 2);
    metrics_.cap_height = metric(hb_font_, HB_OT_METRICS_TAG_CAP_HEIGHT, em * 7 / 10);
    metrics_.underline_position = -metric(hb_font_, HB_OT_METRICS_TAG_UNDERLINE_OFFSET, -em / 10);
    metrics_.underline_thickness = metric(hb_font_, HB_OT_METRICS_TAG_UNDERLINE_SIZE, em / 20);
    metrics_.strikeout_position = metric(hb_font_, HB_OT_METRICS_TAG_STRIKEOUT_OFFSET, em * 3 / 10);
    metrics_.strikeout_thickness = metric(hb_font_, HB_OT_METRICS_TAG_STRIKEOUT_SIZE, em / 20);
    const Table head(hb_face_, HB_TAG('h', 'e', 'a', 'd'));
    for (std::size_t i = 0; i < 4; ++i) metrics_.bbox[i] = head.s16(36 + 2 * i);
    const Table post(hb_face_, HB_TAG('p', 'o', 's', 't'));
    metrics_.italic_angle_degrees = post.s16(4);
    metrics_.fixed_pitch = post.u16(12) != 0 || post.u16(14) != 0;
}

void LoadedFace::read_os2() {
    const Table os2(hb_face_, HB_TAG('O', 'S', '/', '2'));
    if (os2.size() == 0) return;
    constexpr int kRestricted = 0x0002;
    constexpr int kUsageBits = 0x000F;
    constexpr int kItalicBits = 0x0201;
    metrics_.weight = std::clamp(os2.u16(4), 1, 1000);
    embeddable_ = (os2.u16(8) & kUsageBits) != kRestricted;
    metrics_.italic = (os2.u16(62) & kItalicBits) != 0;
}

void LoadedFace::read_names() {
    char name[128] = {};
    unsigned size = sizeof name;
    hb_ot_name_get_utf8(hb_face_, HB_OT_NAME_ID_POSTSCRIPT_NAME, HB_LANGUAGE_INVALID, &size, name);
    for (const char c : std::string_view(name, size))
        if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' || c == '_')
            postscript_name_ += c;
    if (postscript_name_.empty()) postscript_name_ = "Font";
}

void LoadedFace::read_glyphs() {
    const auto has = [&](hb_tag_t tag) { return Table(hb_face_, tag).size() != 0; };
    outlines_ = has(HB_TAG('g', 'l', 'y', 'f'))   ? Outlines::TrueType
                : has(HB_TAG('C', 'F', 'F', ' ')) ? Outlines::Cff
                                                  : Outlines::Bitmap;
    for (std::size_t c = 0; c < low_glyphs_.size(); ++c) {
        hb_codepoint_t glyph = 0;
        if (hb_font_get_nominal_glyph(hb_font_, static_cast<hb_codepoint_t>(c), &glyph))
            low_glyphs_[c] = static_cast<std::uint16_t>(glyph);
    }
    advances_.resize(hb_face_get_glyph_count(hb_face_));
    hb_codepoint_t glyph = 0;
    for (int& advance : advances_) advance = hb_font_get_glyph_h_advance(hb_font_, glyph++);
}

// Words are shaped one by one; what a font moves between a letter and a space is kept here and added to the space.
void LoadedFace::read_space_kerning() {
    if (hb_ot_layout_has_positioning(hb_face_) == 0 && Table(hb_face_, HB_TAG('k', 'e', 'r', 'n')).size() == 0) return;
    hb_buffer_t* const buffer = hb_buffer_create();
    const auto kerning = [&](char first, char second) {
        const char pair[2] = {first, second};
        hb_buffer_clear_contents(buffer);
        hb_buffer_add_utf8(buffer, pair, 2, 0, 2);
        hb_buffer_set_direction(buffer, HB_DIRECTION_LTR);
        hb_buffer_set_script(buffer, HB_SCRIPT_LATIN);
        hb_shape(hb_font_, buffer, nullptr, 0);
        unsigned count = 0;
        const hb_glyph_position_t* const positions = hb_buffer_get_glyph_positions(buffer, &count);
        int sum =
            -advance(glyph(static_cast<unsigned char>(first))) - advance(glyph(static_cast<unsigned char>(second)));
        for (unsigned i = 0; i < count; ++i) sum += positions[i].x_advance;
        return static_cast<std::int16_t>(std::clamp(sum, -32'768, 32'767));
    };
    for (char c = '!'; c <= '~'; ++c) {
        if (glyph(static_cast<unsigned char>(c)) == 0) continue;
        kerning_before_space_[static_cast<std::size_t>(c)] = kerning(c, ' ');
        kerning_after_space_[static_cast<std::size_t>(c)] = kerning(' ', c);
    }
    const auto moves = [](std::int16_t units) { return units != 0; };
    kerns_spaces_ =
        std::ranges::any_of(kerning_before_space_, moves) || std::ranges::any_of(kerning_after_space_, moves);
    hb_buffer_destroy(buffer);
}

std::uint32_t LoadedFace::glyph(char32_t codepoint) const {
    if (codepoint < low_glyphs_.size()) return low_glyphs_[codepoint];
    hb_codepoint_t glyph = 0;
    return hb_font_get_nominal_glyph(hb_font_, codepoint, &glyph) ? glyph : 0;
}

namespace {

class EmptyFace final : public Face {
 public:
    EmptyFace() {
        metrics_.ascent = 800;
        metrics_.descent = 200;
        metrics_.x_height = 500;
        metrics_.cap_height = 700;
        metrics_.underline_position = 100;
        metrics_.underline_thickness = metrics_.strikeout_thickness = 50;
        metrics_.strikeout_position = 300;
    }
    std::uint32_t id() const override { return 0; }
    const FaceMetrics& metrics() const override { return metrics_; }
    const std::string& postscript_name() const override { return name_; }
    std::string_view file_bytes() const override { return {}; }
    unsigned face_index() const override { return 0; }
    hb_face_t* hb_face() const override { return hb_face_get_empty(); }
    hb_font_t* hb_font() const override { return hb_font_get_empty(); }
    std::uint32_t glyph(char32_t /*codepoint*/) const override { return 0; }
    int advance(std::uint32_t /*glyph*/) const override { return 0; }
    bool kerns_spaces() const override { return false; }
    int kerning_before_space(char32_t /*c*/) const override { return 0; }
    int kerning_after_space(char32_t /*c*/) const override { return 0; }
    Outlines outlines() const override { return Outlines::Bitmap; }
    bool embeddable() const override { return false; }
    bool synthetic_bold() const override { return false; }
    bool synthetic_oblique() const override { return false; }
    const std::string& variations() const override { return variations_; }

 private:
    FaceMetrics metrics_;
    std::string name_ = "None";
    std::string variations_;
};

}  // namespace

const Face& empty_face() {
    static const EmptyFace face;
    return face;
}

}  // namespace galley::document
