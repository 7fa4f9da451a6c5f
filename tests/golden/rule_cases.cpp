#include "rule_cases.h"

#include <fmt/format.h>

#include "document_testing.h"

namespace galley::document::testing {

namespace {

constexpr std::pair<const char*, Color> kColors[] = {
    {"red", {255, 0, 0, 255}}, {"lime", {0, 255, 0, 255}}, {"blue", {0, 0, 255, 255}}, {"yellow", {255, 255, 0, 255}}};

std::string box_text(Rect rect) {
    return fmt::format("{:g},{:g} {:g}x{:g}", rect.x.px(), rect.y.px(), rect.width.px(), rect.height.px());
}

std::string item_text(const DisplayItem& item) {
    if (const auto* text = std::get_if<DrawText>(&item)) return "'" + characters_of(*text) + "'";
    if (const auto* clip = std::get_if<PushClip>(&item)) return "clip " + box_text(clip->rect);
    if (std::holds_alternative<PopClip>(item)) return "end clip";
    const auto* fill = std::get_if<FillRect>(&item);
    for (const auto& [name, color] : kColors)
        if (fill != nullptr && fill->color == color) return std::string(name) + " " + box_text(fill->rect);
    return {};
}

}  // namespace

std::string shown(const std::string& css, const std::string& body) {
    const std::string sheet =
        "@page{size:400px 200px;margin:0}html{font:10px/20px 'Liberation Sans'}body,p,h1,h2,h3,ul,ol,table{margin:0}"
        "td,th{padding:0}table{border-spacing:0}.r{background:#f00}.g{background:#0f0}.b{background:#00f}"
        ".y{background:#ff0}";
    std::string out;
    for (const DisplayPage& page : pages_of("<style>" + sheet + css + "</style>" + body)) {
        if (!out.empty()) out += " | ";
        std::string line;
        const auto add = [&line](const std::string& text) {
            if (!text.empty()) line += (line.empty() ? "" : "; ") + text;
        };
        for (const DisplayItem& item : page.items) add(item_text(item));
        for (const Bookmark& bookmark : page.bookmarks)
            add(fmt::format("bookmark {} '{}'{}", bookmark.level, bookmark.title, bookmark.open ? "" : " closed"));
        out += line.empty() ? "nothing" : line;
    }
    return out;
}

}  // namespace galley::document::testing
