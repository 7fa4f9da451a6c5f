#include "app/backup_manifest.h"

#include "codec/date.h"
#include "codec/json.h"
#include "codec/json_writer.h"
#include "codec/object_reader.h"

namespace galley::app {

namespace {

constexpr std::string_view kFormat = "galley-backup";
constexpr std::int64_t kVersion = 1;
constexpr std::string_view kDocuments = "pdf_cache/";
constexpr std::string_view kOrders = "orders/";
constexpr std::string_view kOrderEnding = ".order";
constexpr std::size_t kFilesMax = 10'000'000;

// Nothing else may come out of a manifest: a path of another's making would let it write anywhere.
bool belongs(std::string_view path) {
    if (path == "galley.db") return true;
    if (path.starts_with(kOrders) && path.ends_with(kOrderEnding)) {
        path.remove_prefix(kOrders.size());
        return parse_digest(path.substr(0, path.size() - kOrderEnding.size())).has_value();
    }
    return path.starts_with(kDocuments) && parse_digest(path.substr(kDocuments.size())).has_value();
}

Result<BackupFile> parse_file(const codec::JsonValue& value, const std::string& pointer) {
    codec::ObjectReader reader(value, pointer);
    BackupFile file;
    file.path = reader.required_string("path");
    file.size_bytes = static_cast<std::uint64_t>(reader.required_integer("size", {.min = 0}));
    const std::string hex = reader.required_string("sha256");
    const Result<Digest> digest = parse_digest(hex);
    if (digest) file.sha256 = *digest;
    if (!digest) reader.note("sha256", "is no SHA-256");
    if (!belongs(file.path)) reader.note("path", "is no file of a backup");
    GALLEY_TRY_VOID(reader.finish());
    return file;
}

}  // namespace

std::uint64_t BackupManifest::total_bytes() const {
    std::uint64_t sum = 0;
    for (const BackupFile& file : files) sum += file.size_bytes;
    return sum;
}

std::string manifest_json(const BackupManifest& manifest) {
    std::string out;
    codec::JsonWriter json(out);
    json.begin_object();
    json.field("format", kFormat);
    json.field("version", kVersion);
    json.field("made_at", codec::format_rfc3339(manifest.made_at));
    json.field("documents_missing", manifest.documents_missing);
    json.key("files");
    json.begin_array();
    for (const BackupFile& file : manifest.files) {
        json.begin_object();
        json.field("path", file.path);
        json.field("size", file.size_bytes);
        json.field("sha256", file.sha256.hex());
        json.end_object();
    }
    json.end_array();
    json.end_object();
    out += '\n';
    return out;
}

Result<BackupManifest> parse_manifest(std::string_view text) {
    GALLEY_TRY(const codec::JsonDocument document, codec::JsonDocument::parse(text));
    codec::ObjectReader reader(document.root(), "");
    BackupManifest manifest;
    if (reader.required_string("format") != kFormat) reader.note("format", "is not galley-backup");
    if (reader.required_integer("version", {.min = 1}) > kVersion)
        return fail(ErrorCode::Unsupported, "the backup was made by a newer version of Galley; install that version");
    const Result<Time> made_at = codec::parse_rfc3339(reader.required_string("made_at"));
    if (made_at) manifest.made_at = *made_at;
    manifest.documents_missing = static_cast<std::uint64_t>(reader.required_integer("documents_missing", {.min = 0}));
    const std::optional<codec::JsonValue> files = reader.optional_array("files", kFilesMax);
    std::size_t index = 0;
    for (const codec::JsonValue& value : files ? files->elements() : std::vector<codec::JsonValue>()) {
        GALLEY_TRY(BackupFile file, parse_file(value, "/files/" + std::to_string(index++)));
        manifest.files.push_back(std::move(file));
    }
    if (manifest.files.empty() || manifest.files.front().path != "galley.db") reader.note("files", "names no database");
    GALLEY_TRY_VOID(reader.finish());
    return manifest;
}

}  // namespace galley::app
