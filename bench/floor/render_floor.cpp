// The lower bound of a render: the words of a text file shaped from the warm cache, written to so many pages,
// compressed, with their fonts subset and embedded. No HTML, no CSS, no layout. Prints the median of RUNS in ms.
//
//   galley_render_floor TEXT.txt PAGES RUNS
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <deque>
#include <fstream>
#include <string>
#include <vector>

#include "document/pdf/pdf_writer.h"
#include "document/text/shaper.h"

namespace {

using namespace galley;
using namespace galley::document;

class DiskFonts final : public FontSource {
 public:
    Result<Bytes> read(const std::string& path) const override {
        std::ifstream in(path, std::ios::binary);
        if (!in) return fail(ErrorCode::NotFound, "no such font file", path);
        return Bytes{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    }
};

std::vector<std::string> read_lines(const char* path) {
    std::ifstream in(path);
    std::vector<std::string> lines;
    for (std::string line; std::getline(in, line);) lines.push_back(line);
    return lines;
}

DrawText draw(std::span<const TextPart> parts, std::size_t row, double size_px) {
    DrawText text;
    text.face = parts.front().word->face;
    text.size_px = size_px;
    text.origin = {LayoutUnit::from_px(40), LayoutUnit::from_px(40 + static_cast<double>(row % 80) * 13)};
    text.parts = parts;
    return text;
}

// Adds a line of text as long as it is, without asking whether it fits.
void add_line(TextShaper& shaper, const InheritedStyle& style, const std::string& line, std::size_t row,
              std::deque<std::vector<TextPart>>& kept, DisplayPage& page) {
    const FontInstance& font = shaper.font(style);
    std::vector<Piece> pieces;
    shaper.shape(line, font, style, 0, false, pieces);
    std::vector<TextPart>& parts = kept.emplace_back();
    for (const Piece& piece : pieces) {
        if (piece.word == nullptr || (!parts.empty() && piece.word->face != parts.front().word->face)) continue;
        TextPart part;
        part.word = piece.word;
        part.glyph_end = static_cast<std::uint32_t>(piece.word->glyphs.size());
        parts.push_back(part);
    }
    if (!parts.empty()) page.items.emplace_back(draw(parts, row, font.size_px()));
}

std::size_t render(FontLibrary& library, const std::vector<std::string>& lines, std::size_t pages) {
    InheritedStyle style;
    style.font_families = {"Liberation Sans"};
    style.font_size_px = 12;
    const std::unique_ptr<TextShaper> shaper = TextShaper::create(library, {}, nullptr);
    const std::unique_ptr<PdfWriter> writer = PdfWriter::create(library, {});
    const std::size_t per_page = lines.size() / pages + 1;
    for (std::size_t begin = 0; begin < lines.size(); begin += per_page) {
        std::deque<std::vector<TextPart>> kept;
        DisplayPage page;
        page.size = {LayoutUnit::from_px(794), LayoutUnit::from_px(1123)};
        for (std::size_t i = begin; i < std::min(lines.size(), begin + per_page); ++i)
            add_line(*shaper, style, lines[i], i - begin, kept, page);
        if (!writer->add_page(page)) return 0;
    }
    const Result<Bytes> pdf = writer->finish();
    return pdf ? pdf->size() : 0;
}

}  // namespace

int main(int argc, char** argv) {
    std::size_t pages = 0;
    int runs = 0;
    const auto number = [](std::string_view text, auto& out) {
        return std::from_chars(text.data(), text.data() + text.size(), out).ec == std::errc();
    };
    if (argc != 4 || !number(argv[2], pages) || !number(argv[3], runs) || pages == 0 || runs <= 0) {
        fmt::print(stderr, "usage: galley_render_floor TEXT.txt PAGES RUNS\n");
        return 2;
    }
    const DiskFonts fonts;
    const std::unique_ptr<FontLibrary> library = FontLibrary::create(fonts);
    const std::vector<std::string> lines = read_lines(argv[1]);
    std::vector<double> times;
    for (int run = -2; run < runs; ++run) {
        const auto begin = std::chrono::steady_clock::now();
        if (render(*library, lines, pages) == 0) return 1;
        const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - begin;
        if (run >= 0) times.push_back(took.count());
    }
    std::ranges::sort(times);
    fmt::print("{:.4f}\n", times[times.size() / 2]);
    return 0;
}
