#include "document_testing.h"

#include <deque>
#include <fstream>
#include <iterator>

#include "document/html/parser.h"
#include "document/text/testing/installed_fonts.h"

namespace galley::document::testing {

namespace {

class DiskResources final : public ResourceLoader {
 public:
    Result<SharedBytes> load(std::string_view url) const override {
        std::ifstream in(std::string(url), std::ios::binary);
        if (!in) return fail(ErrorCode::NotFound, "no such resource");
        return SharedBytes(Bytes{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()});
    }
};

const InstalledFonts& fonts() {
    static const InstalledFonts source;
    return source;
}

// Texts point into memory of the render: copies that stay.
DrawText kept(const DrawText& text) {
    struct Word {
        std::string characters;
        std::vector<Glyph> glyphs;
        ShapedWord word;
    };
    static std::deque<Word> words;
    static std::deque<std::vector<TextPart>> texts;
    std::vector<TextPart>& parts = texts.emplace_back(text.parts.begin(), text.parts.end());
    for (TextPart& part : parts) {
        Word& copy = words.emplace_back();
        copy.characters = part.word->text;
        copy.glyphs.assign(part.word->glyphs.begin(), part.word->glyphs.end());
        copy.word = *part.word;
        copy.word.text = copy.characters;
        copy.word.glyphs = copy.glyphs;
        part.word = &copy.word;
    }
    DrawText out = text;
    out.parts = parts;
    return out;
}

DisplayPage kept(DisplayPage page) {
    for (DisplayItem& item : page.items)
        if (auto* text = std::get_if<DrawText>(&item)) *text = kept(*text);
    return page;
}

class PageCollector final : public PageSink {
 public:
    explicit PageCollector(std::vector<DisplayPage>& pages) : pages_(pages) {}
    Result<void> put_page(std::size_t index, const DisplayPage& page) override {
        if (index >= pages_.size()) pages_.resize(index + 1);
        pages_[index] = kept(page);
        return {};
    }
    Result<void> add_overlay(std::size_t index, const DisplayPage& overlay) override {
        DisplayPage& page = pages_[index];
        const DisplayPage more = kept(overlay);
        page.items.insert(page.items.end(), more.items.begin(), more.items.end());
        page.links.insert(page.links.end(), overlay.links.begin(), overlay.links.end());
        return {};
    }
    void restart() override { pages_.clear(); }

 private:
    std::vector<DisplayPage>& pages_;
};

RenderOptions with_resources(RenderOptions options) {
    static const DiskResources resources;
    if (options.loader == nullptr) options.loader = &resources;
    if (options.base_url.empty()) options.base_url = std::string(GALLEY_SOURCE_DIR) + "/tests/golden/";
    return options;
}

}  // namespace

std::string read_file(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

void write_file(const std::string& path, const std::string& text) {
    std::ofstream(path, std::ios::binary) << text;
}

std::vector<DisplayPage> pages_of(const std::string& html) {
    static const std::unique_ptr<FontLibrary> library = FontLibrary::create(fonts());
    const RenderOptions options = with_resources({});
    std::vector<DisplayPage> pages;
    const auto dom = parse_html(html);
    if (!dom) return pages;
    const auto styled = style_document(**dom, {options.base_url, options.loader, {}});
    if (!styled) return pages;
    const std::unique_ptr<TextShaper> shaper = TextShaper::create(*library, (*styled)->font_faces(), options.loader);
    PageCollector collector(pages);
    const auto report = render_pages(**styled, *shaper, options, collector);
    if (!report) pages.clear();
    return pages;
}

std::string dump_pages(const std::string& html) {
    std::string out;
    for (const DisplayPage& page : pages_of(html)) out += dump(page) + "\n";
    return out;
}

Result<Rendered> render(const std::string& html, RenderOptions options) {
    static Engine engine(fonts());
    return engine.render_pdf(html, with_resources(std::move(options)));
}

std::vector<std::string> texts_of(const DisplayPage& page) {
    std::vector<std::string> texts;
    for (const DisplayItem& item : page.items)
        if (const auto* text = std::get_if<DrawText>(&item)) texts.push_back(characters_of(*text));
    return texts;
}

const DrawText* find_text(const DisplayPage& page, const std::string& part) {
    for (const DisplayItem& item : page.items)
        if (const auto* text = std::get_if<DrawText>(&item); text != nullptr && characters_of(*text).contains(part))
            return text;
    return nullptr;
}

std::vector<Rect> rects_of(const DisplayPage& page, Color color) {
    std::vector<Rect> rects;
    for (const DisplayItem& item : page.items)
        if (const auto* rect = std::get_if<FillRect>(&item); rect != nullptr && rect->color == color)
            rects.push_back(rect->rect);
    return rects;
}

}  // namespace galley::document::testing
