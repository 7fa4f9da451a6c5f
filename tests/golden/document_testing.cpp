#include "document_testing.h"

#include <fstream>
#include <iterator>

#include "document/html/parser.h"

namespace galley::document::testing {

namespace {

class DiskFonts final : public FontSource {
 public:
    Result<Bytes> read(const std::string& path) const override {
        std::ifstream in(path, std::ios::binary);
        if (!in) return fail(ErrorCode::NotFound, "no such font file", path);
        return Bytes{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    }
};

class DiskResources final : public ResourceLoader {
 public:
    Result<SharedBytes> load(std::string_view url) const override {
        std::ifstream in(std::string(url), std::ios::binary);
        if (!in) return fail(ErrorCode::NotFound, "no such resource");
        return SharedBytes(Bytes{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()});
    }
};

const DiskFonts& fonts() {
    static const DiskFonts source;
    return source;
}

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
    const auto report = render_pages(**styled, *shaper, options, [&](const DisplayPage& page) -> Result<void> {
        pages.push_back(page);
        return {};
    });
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
        if (const auto* text = std::get_if<DrawText>(&item)) texts.push_back(text->text);
    return texts;
}

const DrawText* find_text(const DisplayPage& page, const std::string& part) {
    for (const DisplayItem& item : page.items)
        if (const auto* text = std::get_if<DrawText>(&item); text != nullptr && text->text.contains(part)) return text;
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
