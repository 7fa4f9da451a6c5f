#include "jobs/render/order.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <tuple>
#include <utility>

#include "codec/json.h"
#include "codec/json_writer.h"

namespace galley::jobs {

namespace {

constexpr std::string_view kMagic = "galley-order/1\n";
constexpr std::array<std::pair<ResourcePolicy, std::string_view>, 3> kPolicies{
    {{ResourcePolicy::Ignore, "ignore"}, {ResourcePolicy::Warn, "warn"}, {ResourcePolicy::Fail, "fail"}}};

constexpr std::array<std::pair<RemotePolicy, std::string_view>, 3> kRemotes{
    {{RemotePolicy::None, "none"}, {RemotePolicy::SameOrigin, "same-origin"}, {RemotePolicy::Any, "any"}}};
constexpr std::array<std::pair<SourceKind, std::string_view>, 3> kSources{
    {{SourceKind::Html, "html"}, {SourceKind::Template, "template"}, {SourceKind::Url, "url"}}};

template <typename Names, typename Value>
std::string_view name_of(const Names& names, Value value) {
    return names[static_cast<std::size_t>(value)].second;
}

template <typename Value, std::size_t Count>
std::optional<Value> value_of(const std::array<std::pair<Value, std::string_view>, Count>& names,
                              std::string_view name) {
    for (const auto& [value, text] : names)
        if (text == name) return value;
    return std::nullopt;
}

// The texts of the metadata, in the order of the format.
constexpr std::pair<std::string_view, std::string document::PdfMetadata::*> kMetadata[] = {
    {"title", &document::PdfMetadata::title},       {"author", &document::PdfMetadata::author},
    {"subject", &document::PdfMetadata::subject},   {"keywords", &document::PdfMetadata::keywords},
    {"language", &document::PdfMetadata::language}, {"creation_date", &document::PdfMetadata::creation_date},
    {"creator", &document::PdfMetadata::creator},   {"modification_date", &document::PdfMetadata::modification_date},
};

constexpr std::pair<std::string_view, std::optional<std::int64_t> OrderLimits::*> kLimits[] = {
    {"pages_max", &OrderLimits::pages_max},
    {"elements_max", &OrderLimits::elements_max},
    {"output_bytes_max", &OrderLimits::output_bytes_max},
};

std::unexpected<Error> not_an_order(const char* why) {
    return fail(ErrorCode::Corrupt, std::string("the kept order of a document cannot be read: ") + why);
}

void append_metadata(codec::JsonWriter& json, const document::PdfMetadata& metadata) {
    json.key("metadata");
    json.begin_object();
    for (const auto& [name, member] : kMetadata)
        if (!(metadata.*member).empty()) json.field(name, metadata.*member);
    json.end_object();
}

// Only what is not as usual, so that orders from before these options keep their names.
void append_file_options(codec::JsonWriter& json, const RenderOrder& order) {
    const RenderOrder usual;
    if (!order.attachments.empty()) {
        json.key("attachments");
        json.begin_array();
        for (const std::string& path : order.attachments) json.value(path);
        json.end_array();
    }
    if (order.media_type != usual.media_type) json.field("media_type", order.media_type);
    if (order.custom_metadata != usual.custom_metadata) json.field("custom_metadata", true);
    if (order.format.version != usual.format.version) json.field("pdf_version", order.format.version);
    if (!order.format.identifier.empty()) json.field("pdf_identifier", order.format.identifier);
}

// Likewise.
void append_web(codec::JsonWriter& json, const RenderOrder& order) {
    if (!order.base_url.empty()) json.field("base_url", order.base_url);
    if (order.remote != RemotePolicy::None) json.field("remote", remote_name(order.remote));
    if (const auto& source = order.fetched_source) {
        json.key("fetched_source");
        json.begin_object();
        json.field("url", source->url);
        json.field("final_url", source->final_url);
        json.field("status", source->status);
        json.field("bytes", source->bytes);
        json.field("sha256", source->sha256);
        json.end_object();
    }
    if (order.fetched.empty()) return;
    json.key("fetched");
    json.begin_array();
    for (const FetchedFile& file : order.fetched) {
        json.begin_object();
        json.field("url", file.url);
        json.field("final_url", file.final_url);
        json.field("status", file.status);
        json.field("missing", file.missing);
        json.field("bytes", file.content.size());
        json.end_object();
    }
    json.end_array();
}

void append_limits(codec::JsonWriter& json, const OrderLimits& limits) {
    json.key("limits");
    json.begin_object();
    for (const auto& [name, member] : kLimits)
        if (limits.*member) json.field(name, *(limits.*member));
    json.end_object();
}

std::string head_of(const RenderOrder& order) {
    std::string head;
    codec::JsonWriter json(head);
    json.begin_object();
    json.field("source", name_of(kSources, order.source));
    json.field("text_bytes", order.text.size());
    json.field("data_bytes", order.data.size());
    json.key("sheets");
    json.begin_array();
    for (const std::string& sheet : order.sheets) json.value(sheet);
    json.end_array();
    append_metadata(json, order.metadata);
    append_file_options(json, order);
    append_web(json, order);
    json.field("resources", policy_name(order.resources));
    append_limits(json, order.limits);
    json.key("files");
    json.begin_array();
    for (const OrderFile& file : order.files) {
        json.begin_object();
        json.field("path", file.path);
        json.field("bytes", file.content.size());
        json.end_object();
    }
    json.end_array();
    json.end_object();
    return head;
}

// Cuts what it gives from the front.
class Parts {
 public:
    explicit Parts(std::string_view rest) : rest_(rest) {}

    Result<std::string_view> take(std::size_t bytes) {
        if (bytes > rest_.size()) return not_an_order("it is cut off");
        const std::string_view part = rest_.substr(0, bytes);
        rest_.remove_prefix(bytes);
        return part;
    }
    Result<std::string_view> take(const codec::JsonValue& length) {
        if (length.type() != codec::JsonType::Integer || length.integer() < 0) return not_an_order("a bad length");
        return take(static_cast<std::size_t>(length.integer()));
    }
    Result<std::string_view> take_head() {
        if (!rest_.starts_with(kMagic)) return not_an_order("another format");
        rest_.remove_prefix(kMagic.size());
        std::size_t length = 0;
        const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), length);
        if (error != std::errc() || end == rest_.data() + rest_.size() || *end != '\n') return not_an_order("no head");
        rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()) + 1);
        return take(length);
    }
    bool empty() const { return rest_.empty(); }

 private:
    std::string_view rest_;
};

codec::JsonValue member(const codec::JsonValue& object, std::string_view name) {
    return object.is_object() ? object.find(name).value_or(codec::JsonValue()) : codec::JsonValue();
}

std::string text_member(const codec::JsonValue& object, std::string_view name) {
    const codec::JsonValue value = member(object, name);
    return value.is_string() ? std::string(value.string()) : std::string();
}

int status_member(const codec::JsonValue& object) {
    const codec::JsonValue value = member(object, "status");
    const bool good = value.type() == codec::JsonType::Integer && value.integer() >= 0 && value.integer() < 1000;
    return good ? static_cast<int>(value.integer()) : 0;
}

void read_web(const codec::JsonValue& head, RenderOrder& order) {
    order.base_url = text_member(head, "base_url");
    order.remote = parse_remote(text_member(head, "remote")).value_or(RemotePolicy::None);
    const codec::JsonValue source = member(head, "fetched_source");
    if (!source.is_object()) return;
    const codec::JsonValue bytes = member(source, "bytes");
    const bool has_bytes = bytes.type() == codec::JsonType::Integer && bytes.integer() >= 0;
    order.fetched_source = FetchedSource{.url = text_member(source, "url"),
                                         .final_url = text_member(source, "final_url"),
                                         .status = status_member(source),
                                         .bytes = has_bytes ? static_cast<std::uint64_t>(bytes.integer()) : 0,
                                         .sha256 = text_member(source, "sha256")};
}

Result<void> read_options(const codec::JsonValue& head, RenderOrder& order) {
    const auto source = value_of(kSources, text_member(head, "source"));
    if (!source) return not_an_order("no source");
    order.source = *source;
    read_web(head, order);
    const codec::JsonValue sheets = member(head, "sheets");
    if (!sheets.is_array()) return not_an_order("no sheets");
    for (const codec::JsonValue& sheet : sheets.elements())
        if (sheet.is_string()) order.sheets.emplace_back(sheet.string());
    const codec::JsonValue metadata = member(head, "metadata"), limits = member(head, "limits");
    for (const auto& [name, field] : kMetadata) order.metadata.*field = text_member(metadata, name);
    for (const auto& [name, field] : kLimits) {
        const codec::JsonValue value = member(limits, name);
        if (value.type() == codec::JsonType::Integer) order.limits.*field = value.integer();
    }
    if (const codec::JsonValue paths = member(head, "attachments"); paths.is_array())
        for (const codec::JsonValue& path : paths.elements())
            if (path.is_string()) order.attachments.emplace_back(path.string());
    if (std::string media = text_member(head, "media_type"); !media.empty()) order.media_type = std::move(media);
    if (member(head, "custom_metadata").type() == codec::JsonType::Bool)
        order.custom_metadata = document::CustomMetadata::Kept;
    if (std::string version = text_member(head, "pdf_version"); !version.empty())
        order.format.version = std::move(version);
    order.format.identifier = text_member(head, "pdf_identifier");
    const auto policy = parse_policy(text_member(head, "resources"));
    if (!policy) return not_an_order("no policy");
    order.resources = *policy;
    return {};
}

Result<void> read_files(const codec::JsonValue& head, Parts& parts, RenderOrder& order) {
    const codec::JsonValue files = member(head, "files");
    if (!files.is_array()) return not_an_order("no files");
    for (const codec::JsonValue& file : files.elements()) {
        GALLEY_TRY(const std::string_view content, parts.take(member(file, "bytes")));
        order.files.push_back({text_member(file, "path"), Bytes(content)});
    }
    return {};
}

Result<void> read_fetched(const codec::JsonValue& head, Parts& parts, RenderOrder& order) {
    const codec::JsonValue files = member(head, "fetched");
    if (!files.is_array()) return {};
    for (const codec::JsonValue& file : files.elements()) {
        GALLEY_TRY(const std::string_view content, parts.take(member(file, "bytes")));
        order.fetched.push_back({.url = text_member(file, "url"),
                                 .final_url = text_member(file, "final_url"),
                                 .status = status_member(file),
                                 .missing = text_member(file, "missing"),
                                 .content = SharedBytes(Bytes(content))});
    }
    return {};
}

}  // namespace

std::string_view policy_name(ResourcePolicy policy) {
    return name_of(kPolicies, policy);
}

std::optional<ResourcePolicy> parse_policy(std::string_view name) {
    return value_of(kPolicies, name);
}

std::string_view remote_name(RemotePolicy policy) {
    return name_of(kRemotes, policy);
}

std::optional<RemotePolicy> parse_remote(std::string_view name) {
    return value_of(kRemotes, name);
}

Bytes encode_order(RenderOrder order) {
    std::ranges::sort(order.files, {}, &OrderFile::path);
    std::ranges::sort(order.fetched, {}, [](const FetchedFile& file) {
        return std::tuple<std::string_view, std::string_view, int, std::string_view, std::string_view>(
            file.url, file.final_url, file.status, file.missing, file.content.view());
    });
    const std::string head = head_of(order);
    Bytes out(kMagic);
    std::size_t size = out.size() + head.size() + order.text.size() + order.data.size() + 24;
    for (const OrderFile& file : order.files) size += file.content.size();
    for (const FetchedFile& file : order.fetched) size += file.content.size();
    out.reserve(size);
    out += std::to_string(head.size());
    out += '\n';
    out += head;
    out += order.text;
    out += order.data;
    for (const OrderFile& file : order.files) out += file.content;
    for (const FetchedFile& file : order.fetched) out += file.content.view();
    return out;
}

Result<RenderOrder> decode_order(std::string_view bytes) {
    Parts parts(bytes);
    GALLEY_TRY(const std::string_view head_text, parts.take_head());
    const Result<codec::JsonDocument> head = codec::JsonDocument::parse(head_text);
    if (!head) return not_an_order("its head is no JSON");
    RenderOrder order;
    GALLEY_TRY_VOID(read_options(head->root(), order));
    GALLEY_TRY(order.text, parts.take(member(head->root(), "text_bytes")));
    GALLEY_TRY(order.data, parts.take(member(head->root(), "data_bytes")));
    GALLEY_TRY_VOID(read_files(head->root(), parts, order));
    GALLEY_TRY_VOID(read_fetched(head->root(), parts, order));
    if (!parts.empty()) return not_an_order("more than its parts");
    return order;
}

Digest order_hash(std::string_view encoded) {
    Sha256 sum;
    sum.update(document::kEngineVersion);
    sum.update("\n");
    sum.update(encoded);
    return sum.finish();
}

}  // namespace galley::jobs
