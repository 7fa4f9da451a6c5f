#include "app/listing.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

namespace galley::app {

namespace {

std::vector<std::string> line_of(const codec::JsonValue& item, std::span<const Column> columns) {
    std::vector<std::string> line;
    for (const Column& column : columns) {
        const auto value = item.find(column.member);
        if (!value || value->is_null()) {
            line.emplace_back("-");
        } else {
            line.push_back(value->is_string() ? std::string(value->string()) : value->to_json());
        }
    }
    return line;
}

}  // namespace

Result<Listing> list_items(const RemoteOptions& remote, std::string path, std::span<const Column> columns,
                           std::size_t most) {
    Listing listing;
    while (!path.empty() && listing.lines.size() < most) {
        GALLEY_TRY(const codec::JsonDocument page, ask_server(remote, "GET", path));
        const auto items = page.root().is_object() ? page.root().find("items") : std::nullopt;
        if (!items || !items->is_array()) return fail(ErrorCode::Unavailable, "the server does not answer with a list");
        items->for_each_element([&](const codec::JsonValue& item) {
            if (listing.lines.size() == most) return;
            listing.lines.push_back(line_of(item, columns));
            listing.json += (listing.json.empty() ? "" : ",") + item.to_json();
        });
        const auto next = page.root().find("next");
        path = next && next->is_string() ? std::string(next->string()) : std::string();
    }
    return listing;
}

void print_listing(const Listing& listing, std::span<const Column> columns, bool as_json) {
    if (as_json) return fmt::print("[{}]\n", listing.json);
    std::vector<std::string> titles;
    std::vector<std::size_t> widths;
    for (const Column& column : columns) widths.push_back(titles.emplace_back(column.title).size());
    for (const auto& line : listing.lines)
        for (std::size_t i = 0; i < line.size(); ++i) widths[i] = std::max(widths[i], line[i].size());
    const auto print = [&](const std::vector<std::string>& line) {
        std::string text;
        for (std::size_t i = 0; i < line.size(); ++i) text += fmt::format("{:<{}}  ", line[i], widths[i]);
        text.erase(text.find_last_not_of(' ') + 1);
        std::puts(text.c_str());
    };
    print(titles);
    for (const auto& line : listing.lines) print(line);
}

}  // namespace galley::app
