#include "app/document_input.h"

#include <cstdio>

#include "codec/charset.h"
#include "codec/json.h"
#include "jobs/snapshot/room_renderer.h"
#include "os/files.h"
#include "rooms/room_schema.h"
#include "rooms/snapshot_input.h"
#include "template/template.h"

namespace galley::app {

namespace {

constexpr std::size_t kReadBytes = 64 * 1024;

Result<Bytes> read_standard_input() {
    Bytes bytes;
    char buffer[kReadBytes];
    std::size_t count = 0;
    while ((count = std::fread(buffer, 1, sizeof(buffer), stdin)) > 0) {
        bytes.append(buffer, count);
        if (bytes.size() > kDocumentInputBytesMax)
            return fail(ErrorCode::LimitExceeded, "standard input is larger than 256 MiB");
    }
    return bytes;
}

Result<Bytes> read_input(const std::string& path) {
    return path == "-" ? read_standard_input() : os::system_files().read(path, kDocumentInputBytesMax);
}

bool looks_like_room(std::string_view text) {
    const std::size_t at = text.find_first_not_of(" \t\r\n");
    return at != std::string_view::npos && text[at] == '{';
}

Result<std::string> room_to_html(std::string_view input) {
    GALLEY_TRY(const codec::JsonDocument room, codec::JsonDocument::parse(input));
    const auto head = room.root().find("room");
    const auto id = head && head->is_object() ? head->find("id") : std::nullopt;
    GALLEY_TRY_VOID(rooms::check_room(room.root(), id && id->is_string() ? id->string() : ""));
    GALLEY_TRY(const std::string printed, rooms::printed_room(input, {}));
    return jobs::room_html(printed);
}

bool is_template(const DocumentInput& input) {
    return !input.data.empty() || input.path.ends_with(".j2");
}

Result<std::string> fill_template(std::string_view text, const std::string& data_path) {
    std::string data = "{}";
    if (!data_path.empty()) {
        GALLEY_TRY(data, os::system_files().read(data_path, kDocumentInputBytesMax));
    }
    GALLEY_TRY(const codec::JsonDocument parsed_data, codec::JsonDocument::parse(data));
    if (!parsed_data.root().is_object()) return fail(ErrorCode::InvalidInput, "the data must be an object", data_path);
    GALLEY_TRY(const templates::Template parsed, templates::Template::parse(text));
    return parsed.render(parsed_data.root());
}

}  // namespace

Result<std::string> read_document(const DocumentInput& input) {
    GALLEY_TRY(const Bytes bytes, read_input(input.path));
    if (!is_template(input) && looks_like_room(bytes)) return room_to_html(bytes);
    GALLEY_TRY(std::string text,
               codec::to_utf8(bytes, input.encoding.empty() ? codec::html_charset(bytes) : input.encoding));
    return filled_document(std::move(text), input);
}

Result<std::string> filled_document(std::string text, const DocumentInput& input) {
    if (is_template(input)) return fill_template(text, input.data);
    return text;
}

}  // namespace galley::app
