#include "document/pdf/testing/sample_pages.h"

#include <array>
#include <deque>
#include <vector>

#include "codec/deflate.h"

namespace galley::document {

Point px_point(double x, double y) {
    return {LayoutUnit::from_px(x), LayoutUnit::from_px(y)};
}
Rect px_rect(double x, double y, double width, double height) {
    return {LayoutUnit::from_px(x), LayoutUnit::from_px(y), LayoutUnit::from_px(width), LayoutUnit::from_px(height)};
}

DisplayPage a4_page() {
    DisplayPage page;
    page.size = {LayoutUnit::from_px(793.7), LayoutUnit::from_px(1122.52)};
    return page;
}

// Pages point to words of their shapers, which therefore stay.
Composer::Composer(FontLibrary& library) {
    thread_local std::deque<std::unique_ptr<TextShaper>> shapers;
    shaper_ = shapers.emplace_back(TextShaper::create(library, {}, nullptr)).get();
    style.font_families = {"Liberation Sans"};
    style.lang = "en";
}

double Composer::text(DisplayPage& page, double x, double y, std::string_view text) {
    std::vector<Piece> pieces;
    const FontInstance& font = shaper_->font(style);
    shaper_->shape(text, font, style, 0, false, pieces);
    thread_local std::deque<std::vector<TextPart>> runs;  // pages point to them
    DrawText* run = nullptr;
    for (const Piece& piece : pieces) {
        if (piece.word == nullptr || piece.kind == PieceKind::SoftHyphen) continue;
        const bool rtl = piece.bidi_level % 2 != 0;
        if (run == nullptr || run->face != piece.word->face || run->right_to_left || rtl) {
            DrawText fresh;
            fresh.face = piece.word->face;
            fresh.size_px = font.size_px();
            fresh.color = color;
            fresh.origin = px_point(x, y);
            fresh.letter_spacing_px = style.letter_spacing_px;
            fresh.word_spacing = style.word_spacing;
            fresh.right_to_left = rtl;
            page.items.emplace_back(fresh);
            run = &std::get<DrawText>(page.items.back());
            runs.emplace_back();
        }
        TextPart part;
        part.word = piece.word;
        part.glyph_end = static_cast<std::uint32_t>(piece.word->glyphs.size());
        part.space = piece.kind == PieceKind::Space;
        part.right_to_left = rtl;
        runs.back().push_back(part);
        run->parts = runs.back();
        x += static_cast<double>(piece.word->advance) * font.size_px() / run->face->metrics().units_per_em;
        x += style.letter_spacing_px * static_cast<double>(piece.word->glyphs.size());
        if (piece.kind == PieceKind::Space) x += style.word_spacing.px() * (piece.end - piece.begin);
    }
    return x;
}

namespace {

void put32(std::string& out, std::uint32_t value) {
    for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(value >> shift & 0xFF);
}

std::uint32_t crc32(std::string_view bytes) {
    std::uint32_t crc = 0xFFFFFFFF;
    for (const char c : bytes) {
        crc ^= static_cast<unsigned char>(c);
        for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ (0xEDB88320U & (0U - (crc & 1)));
    }
    return ~crc;
}

void chunk(std::string& out, std::string_view type, std::string_view body) {
    put32(out, static_cast<std::uint32_t>(body.size()));
    const std::string tagged = std::string(type) + std::string(body);
    out += tagged;
    put32(out, crc32(tagged));
}

}  // namespace

std::string make_png(int width, int height, int color_type, int bits, bool interlaced) {
    constexpr std::array<int, 7> kChannels = {1, 0, 3, 1, 2, 0, 4};
    constexpr std::array<std::array<int, 4>, 7> kAdam7 = {
        {{0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4}, {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2}}};
    const int channels = kChannels[static_cast<std::size_t>(color_type)];
    std::string raw;
    for (int pass = 0; pass < (interlaced ? 7 : 1); ++pass) {
        const auto [x0, y0, dx, dy] =
            interlaced ? kAdam7[static_cast<std::size_t>(pass)] : std::array<int, 4>{0, 0, 1, 1};
        for (int y = y0; y < height && x0 < width; y += dy) {
            raw += '\0';
            for (int x = x0; x < width; x += dx)
                for (int c = 0; c < channels; ++c) {
                    const int value = color_type == 3                        ? (x + y) % 4
                                      : c == channels - 1 && color_type >= 4 ? 255 * y / height
                                      : c == 0                               ? 255 * x / width
                                      : c == 1                               ? 255 * y / height
                                                                             : 128;
                    raw += static_cast<char>(value);
                    if (bits == 16) raw += '\0';
                }
        }
    }
    std::string png = "\x89PNG\r\n\x1a\n";
    std::string header;
    put32(header, static_cast<std::uint32_t>(width));
    put32(header, static_cast<std::uint32_t>(height));
    header += static_cast<char>(bits);
    header += static_cast<char>(color_type);
    header += std::string(2, '\0');
    header += interlaced ? '\1' : '\0';
    chunk(png, "IHDR", header);
    if (color_type == 3) {
        chunk(png, "PLTE", std::string("\xFF\0\0\0\xFF\0\0\0\xFF\xFF\xFF\0", 12));
        chunk(png, "tRNS", std::string("\xFF\x80\x40", 3));
    }
    std::string data;
    codec::DeflatePool pool;
    pool.compress(raw, 6, data);
    chunk(png, "IDAT", data);
    chunk(png, "IEND", "");
    return png;
}

namespace {

void add_text(DisplayPage& page, FontLibrary& library) {
    Composer compose(library);
    compose.style.font_size_px = 24;
    compose.color = {15, 76, 129, 255};
    compose.text(page, 40, 60, "AVATAR To Yes \u2013 na\u00efve \u20ac 1,234.56 (kerning) \\");
    compose.color = Color::black();
    compose.style.font_size_px = 14;
    compose.style.font_families = {"DejaVu Sans"};
    compose.text(page, 40, 90, "office \ufb01ne \u2192 \u2265 \u0416 \u03a9 ligatures: fi ffi fl");
    compose.text(page, 40, 115, "Hebrew \u05e9\u05dc\u05d5\u05dd and Arabic \u0645\u0631\u062d\u0628\u0627 in a line");
    compose.style.font_families = {"Liberation Serif"};
    compose.style.letter_spacing_px = 2;
    compose.text(page, 40, 140, "Spaced letters and");
    compose.style.letter_spacing_px = 0;
    compose.style.word_spacing = LayoutUnit::from_px(12);
    compose.text(page, 300, 140, "words far apart \u2192 here too");
    compose.style.word_spacing = {};
    compose.style.font_families = {"DejaVu Math TeX Gyre"};
    compose.style.font_weight = 700;
    compose.style.font_style = FontStyle::Italic;
    compose.text(page, 40, 165, "Synthetic bold and oblique");
    compose.style = InheritedStyle();
    compose.style.font_families = {"DejaVu Sans"};
    compose.color = {200, 0, 0, 128};
    compose.text(page, 40, 190, "Half transparent e\u0301\u0323 marks a\u0308");
}

void add_shapes(DisplayPage& page) {
    const Radii radii{{LayoutUnit::from_px(12), LayoutUnit::from_px(12)},
                      {LayoutUnit::from_px(30), LayoutUnit::from_px(15)},
                      {},
                      {LayoutUnit::from_px(5), LayoutUnit::from_px(5)}};
    page.items.emplace_back(FillRect{px_rect(40, 220, 120, 60), {220, 235, 250, 255}, {}});
    page.items.emplace_back(FillRect{px_rect(180, 220, 120, 60), {120, 200, 120, 255}, radii});
    page.items.emplace_back(
        FillRing{px_rect(320, 220, 120, 60), px_rect(330, 226, 100, 48), radii, {}, {179, 38, 30, 255}});
    page.items.emplace_back(
        FillPolygon{{px_point(460, 280), px_point(520, 220), px_point(580, 280)}, {90, 60, 160, 255}});
    page.items.emplace_back(StrokeLine{px_point(40, 300),
                                       px_point(300, 300),
                                       LayoutUnit::from_px(3),
                                       {0, 0, 0, 255},
                                       {LayoutUnit::from_px(9), LayoutUnit::from_px(6)},
                                       false});
    page.items.emplace_back(StrokeLine{px_point(320, 300),
                                       px_point(580, 300),
                                       LayoutUnit::from_px(4),
                                       {200, 100, 0, 255},
                                       {LayoutUnit(), LayoutUnit::from_px(8)},
                                       true});
    Gradient four;
    four.from = {40, 320};
    four.to = {240, 320};
    four.stops = {
        {0, {15, 76, 129, 255}}, {0.5, {255, 255, 255, 255}}, {0.5, {250, 200, 0, 255}}, {1, {200, 0, 0, 255}}};
    Gradient round;
    round.radial = true;
    round.center = {340, 360};
    round.radius = {80, 80};
    round.stops = {{0, {255, 255, 0, 255}}, {1, {0, 100, 0, 255}}};
    Gradient fading;
    fading.from = {440, 320};
    fading.to = {580, 320};
    fading.stops = {{0, {255, 0, 0, 255}}, {1, {255, 0, 0, 0}}};
    page.items.emplace_back(FillGradient{px_rect(40, 320, 200, 80), radii, std::make_shared<Gradient>(four)});
    page.items.emplace_back(FillGradient{px_rect(260, 320, 160, 80), {}, std::make_shared<Gradient>(round)});
    page.items.emplace_back(FillRect{px_rect(440, 350, 140, 20), {0, 0, 0, 255}, {}});
    page.items.emplace_back(FillGradient{px_rect(440, 320, 140, 80), {}, std::make_shared<Gradient>(fading)});
    round.repeating = fading.repeating = true;
    round.center = fading.from = {20, 700};
    round.radius = {5, 5};
    fading.to = {26, 706};
    page.items.emplace_back(PushTiles{
        px_rect(40, 700, 200, 40), px_rect(20, 700, 20, 20), {LayoutUnit::from_px(25), LayoutUnit::from_px(20)}});
    page.items.emplace_back(FillGradient{px_rect(20, 700, 20, 10), {}, std::make_shared<Gradient>(round)});
    page.items.emplace_back(FillGradient{px_rect(20, 710, 20, 10), {}, std::make_shared<Gradient>(fading)});
    page.items.emplace_back(PopTiles{});
}

void add_groups(DisplayPage& page, FontLibrary& library) {
    Composer compose(library);
    page.items.emplace_back(
        PushClip{px_rect(40, 420, 100, 60), {{LayoutUnit::from_px(30), LayoutUnit::from_px(30)}, {}, {}, {}}});
    page.items.emplace_back(FillRect{px_rect(20, 400, 200, 200), {200, 220, 100, 255}, {}});
    compose.text(page, 45, 460, "clipped text here");
    page.items.emplace_back(PopClip{});
    page.items.emplace_back(PushTransform{0.966, -0.259, 0.259, 0.966, 200, 460});
    page.items.emplace_back(FillRect{px_rect(0, 0, 80, 40), {100, 200, 220, 255}, {}});
    compose.text(page, 5, 25, "rotated");
    page.items.emplace_back(PopTransform{});
    page.items.emplace_back(FillRect{px_rect(320, 430, 80, 60), {0, 0, 0, 255}, {}});
    page.items.emplace_back(PushOpacity{0.5});
    page.items.emplace_back(FillRect{px_rect(340, 420, 100, 40), {255, 0, 0, 255}, {}});
    page.items.emplace_back(FillRect{px_rect(360, 440, 100, 40), {0, 0, 255, 255}, {}});
    compose.text(page, 470, 460, "in a group");
    page.items.emplace_back(PopOpacity{});
    compose.text(page, 560, 460, "after it");
}

void add_images(DisplayPage& page) {
    double x = 40;
    page.items.emplace_back(FillRect{px_rect(30, 530, 640, 30), {150, 150, 150, 255}, {}});
    for (const auto& [type, bits, interlaced] : {std::tuple(0, 8, false),
                                                 {2, 8, false},
                                                 {3, 8, false},
                                                 {4, 8, false},
                                                 {6, 8, false},
                                                 {6, 16, true},
                                                 {2, 8, true}}) {
        const auto image = probe_image(SharedBytes(make_png(37, 29, type, bits, interlaced)));
        page.items.emplace_back(DrawImage{*image, px_rect(x, 510, 74, 58)});
        x += 85;
    }
}

}  // namespace

DisplayPage gallery_page(FontLibrary& library) {
    DisplayPage page = a4_page();
    add_text(page, library);
    add_shapes(page);
    add_groups(page, library);
    add_images(page);
    page.links.push_back({px_rect(40, 40, 200, 24), "https://example.com/a(b)?q=\u00e9"});
    page.links.push_back({px_rect(40, 80, 200, 24), "#shapes"});
    page.links.push_back({px_rect(40, 110, 200, 24), "#nowhere"});
    page.anchors.push_back({"shapes", px_point(40, 220)});
    page.bookmarks.push_back({1, "Text \u2013 first", px_point(0, 40)});
    page.bookmarks.push_back({2, "Shapes", px_point(0, 220)});
    page.bookmarks.push_back({1, "Groups (two)", px_point(0, 420)});
    return page;
}

DisplayPage text_page(FontLibrary& library, int number, int lines) {
    DisplayPage page = a4_page();
    Composer compose(library);
    compose.style.font_size_px = 10;
    for (int i = 0; i < lines; ++i) {
        const std::string line = "Line " + std::to_string(i) + " of page " + std::to_string(number) +
                                 " says that the vessel MV Example carried " + std::to_string(i * 7919 % 9973) +
                                 " tonnes to Yokohama, Tokyo, on time.";
        compose.text(page, 40, 40 + i * 14, line);
        compose.text(page, 600, 40 + i * 14, "EUR " + std::to_string(i * 104729 % 99991) + ".50");
        if (i % 2 == 0)
            page.items.emplace_back(FillRect{px_rect(38, 43 + i * 14, 700, 0.75), {203, 213, 223, 255}, {}});
    }
    return page;
}

}  // namespace galley::document
