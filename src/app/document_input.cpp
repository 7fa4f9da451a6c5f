#include "app/document_input.h"

#include <cstdio>

#include "codec/json.h"
#include "jobs/snapshot/room_renderer.h"
#include "os/files.h"
#include "rooms/room_schema.h"
#include "rooms/snapshot_input.h"

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

// A room's JSON becomes the HTML of its snapshot; HTML stays what it is.
Result<std::string> to_html(Bytes input) {
    if (!looks_like_room(input)) return input;
    GALLEY_TRY(const codec::JsonDocument room, codec::JsonDocument::parse(input));
    const auto head = room.root().find("room");
    const auto id = head && head->is_object() ? head->find("id") : std::nullopt;
    GALLEY_TRY_VOID(rooms::check_room(room.root(), id && id->is_string() ? id->string() : ""));
    GALLEY_TRY(const std::string printed, rooms::printed_room(input, {}));
    return jobs::room_html(printed);
}

}  // namespace

Result<std::string> read_document(const std::string& path) {
    GALLEY_TRY(Bytes input, read_input(path));
    return to_html(std::move(input));
}

}  // namespace galley::app
