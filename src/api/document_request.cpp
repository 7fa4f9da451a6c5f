#include "api/document_request.h"

#include <algorithm>

#include "codec/canonical_json.h"
#include "codec/date.h"
#include "codec/header_value.h"
#include "codec/json_pointer.h"
#include "codec/multipart.h"
#include "codec/object_reader.h"
#include "codec/url.h"
#include "jobs/render/page_css.h"
#include "net/web_address.h"
#include "net/web_client.h"
#include "tasks/task.h"

namespace galley::api {

namespace {

using codec::ObjectReader;

constexpr std::size_t kSourceBytesMax = SIZE_MAX;  // the body is bounded
constexpr std::string_view kHtmlPart = "index.html";
constexpr std::string_view kTemplatePart = "index.html.j2";

// What is understood and not offered: noted first, told when nothing else is wrong.
class NotOffered {
 public:
    void note(std::string pointer, std::string message) {
        if (!error_) error_ = Error{ErrorCode::Unsupported, std::move(message), std::move(pointer), {}};
    }
    Result<void> check() const {
        if (error_) return fail(*error_);
        return {};
    }

 private:
    std::optional<Error> error_;
};

// A name that goes into a header: what could end its quotes, or a folder, has no business in it.
bool is_file_name(std::string_view name) {
    return std::ranges::none_of(name, [](char c) {
        return static_cast<unsigned char>(c) < 0x20 || c == 0x7F || c == '"' || c == '\\' || c == '/';
    });
}

Result<void> check_path(std::string_view path) {
    const bool clean =
        !path.empty() && path.size() <= kFilePathBytesMax && path.front() != '/' &&
        std::ranges::none_of(path, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == '\\'; });
    const bool leaves = path == ".." || path.starts_with("../") || path.find("/../") != path.npos ||
                        path.ends_with("/..") || path.find("//") != path.npos || path.starts_with("./") ||
                        path.find("/./") != path.npos;
    if (clean && !leaves) return {};
    return fail(ErrorCode::InvalidInput, "must be a relative path such as css/page.css, of at most 200 bytes");
}

void read_page(ObjectReader& reader, jobs::RenderOrder& order) {
    const auto size = reader.optional_string("page_size", {.bytes_min = 1, .bytes_max = jobs::kPageTextBytesMax});
    const auto margin = reader.optional_string("margin", {.bytes_min = 1, .bytes_max = jobs::kPageTextBytesMax});
    if (size) {
        if (const auto good = jobs::check_page_size(*size); !good) reader.note("page_size", good.error().message);
    }
    if (margin) {
        if (const auto good = jobs::check_margin(*margin); !good) reader.note("margin", good.error().message);
    }
    if (size || margin) order.sheets.push_back(jobs::page_rule(size.value_or(""), margin.value_or("")));
}

void read_sheets(ObjectReader& reader, jobs::RenderOrder& order) {
    const auto sheets = reader.optional_array("stylesheets", kStyleSheetsMax);
    if (!sheets) return;
    std::size_t index = 0;
    for (const codec::JsonValue& sheet : sheets->elements()) {
        const std::string place = "stylesheets/" + std::to_string(index++);
        if (!sheet.is_string()) {
            reader.absorb({.code = ErrorCode::InvalidInput, .message = "must be CSS", .where = "/options/" + place});
        } else if (sheet.string().size() > kStyleSheetBytesMax) {
            reader.absorb({.code = ErrorCode::InvalidInput, .message = "is too large", .where = "/options/" + place});
        } else {
            order.sheets.emplace_back(sheet.string());
        }
    }
}

void read_moment(ObjectReader& reader, const char* name, std::string& moment) {
    const auto text = reader.optional_string(name, {.bytes_max = kMetadataBytesMax});
    if (!text) return;
    if (codec::parse_rfc3339(*text))
        moment = *text;
    else
        reader.note(name, "must be a moment such as 2026-01-31T12:00:00Z");
}

void read_metadata(ObjectReader& outer, jobs::RenderOrder& order) {
    const auto object = outer.optional_object("metadata");
    if (!object) return;
    ObjectReader reader(*object, outer.pointer_to("metadata"));
    document::PdfMetadata& metadata = order.metadata;
    const codec::StringRule rule{.bytes_max = kMetadataBytesMax};
    metadata.title = reader.optional_string("title", rule).value_or("");
    metadata.author = reader.optional_string("author", rule).value_or("");
    metadata.subject = reader.optional_string("subject", rule).value_or("");
    metadata.keywords = reader.optional_string("keywords", rule).value_or("");
    metadata.language = reader.optional_string("language", rule).value_or("");
    metadata.creator = reader.optional_string("generator", rule).value_or("");
    read_moment(reader, "created", metadata.creation_date);
    read_moment(reader, "modified", metadata.modification_date);
    if (auto done = reader.finish(); !done) outer.absorb(std::move(done.error()));
}

void read_limits(ObjectReader& outer, DocumentRequest& request) {
    const auto object = outer.optional_object("limits");
    if (!object) return;
    ObjectReader reader(*object, outer.pointer_to("limits"));
    const codec::IntegerRule positive{.min = 1};
    request.order.limits.pages_max = reader.optional_integer("pages_max", positive);
    request.order.limits.elements_max = reader.optional_integer("elements_max", positive);
    request.order.limits.output_bytes_max = reader.optional_integer("output_bytes_max", positive);
    const auto most = std::chrono::duration_cast<std::chrono::seconds>(tasks::kTimeoutDefault).count();
    if (const auto seconds = reader.optional_integer("timeout_seconds", {.min = 1, .max = most}))
        request.timeout = std::chrono::seconds(*seconds);
    if (auto done = reader.finish(); !done) outer.absorb(std::move(done.error()));
}

// Whether the files are there is known when the whole request is read.
void read_attachments(ObjectReader& reader, jobs::RenderOrder& order) {
    const auto paths = reader.optional_array("attachments", kAttachmentsMax);
    if (!paths) return;
    for (const codec::JsonValue& path : paths->elements()) {
        if (path.is_string() && check_path(path.string()))
            order.attachments.emplace_back(path.string());
        else
            reader.note("attachments", "must be paths of files of the request");
    }
}

void read_web(ObjectReader& reader, DocumentRequest& request) {
    if (const auto remote = reader.optional_string("remote")) {
        request.remote = jobs::parse_remote(*remote);
        if (!request.remote) reader.note("remote", "must be none, same-origin or any");
    }
    const auto base = reader.optional_string("base_url", {.bytes_min = 1, .bytes_max = net::kWebAddressBytesMax});
    if (!base) return;
    if (const auto good = net::parse_web_address(*base); !good) reader.note("base_url", good.error().message);
    request.order.base_url = *base;
}

// A document from an address has what it names, as in a browser; another has nothing from elsewhere unless it is said.
Result<void> settle_web(const Call& call, DocumentRequest& request) {
    jobs::RenderOrder& order = request.order;
    const bool from_web = order.source == jobs::SourceKind::Url;
    order.remote = request.remote.value_or(from_web ? jobs::RemotePolicy::Any : jobs::RemotePolicy::None);
    if (from_web) {
        if (const auto good = call.services().web.check(order.text); !good)
            return fail(ErrorCode::InvalidInput, good.error().message, "/url");
        if (!order.base_url.empty())
            return fail(ErrorCode::InvalidInput, "belongs to html and templates; an address is its own base",
                        "/options/base_url");
    } else if (order.remote == jobs::RemotePolicy::SameOrigin && order.base_url.empty()) {
        return fail(ErrorCode::InvalidInput, "same-origin needs an origin: a url, or options.base_url",
                    "/options/remote");
    }
    return {};
}

Result<void> check_attachments(const jobs::RenderOrder& order) {
    for (const std::string& path : order.attachments) {
        if (std::ranges::find(order.files, path, &jobs::OrderFile::path) == order.files.end())
            return fail(ErrorCode::InvalidInput, "no file of this path came with the request: " + path,
                        "/options/attachments");
    }
    return {};
}

void read_file_options(ObjectReader& reader, jobs::RenderOrder& order) {
    read_attachments(reader, order);
    if (const auto media = reader.optional_string("media_type", {.bytes_min = 1, .bytes_max = kMediaTypeBytesMax}))
        order.media_type = codec::ascii_lower(*media);
    if (reader.optional_bool("custom_metadata", false)) order.custom_metadata = document::CustomMetadata::Kept;
    if (const auto version = reader.optional_string("pdf_version")) {
        if (std::ranges::find(document::kPdfVersions, *version) == std::end(document::kPdfVersions))
            reader.note("pdf_version", "must be 1.5, 1.6, 1.7 or 2.0");
        order.format.version = *version;
    }
    order.format.identifier =
        reader.optional_string("pdf_identifier", {.bytes_max = kPdfIdentifierBytesMax}).value_or("");
}

void read_not_offered(ObjectReader& reader, NotOffered& later) {
    if (reader.optional_any("encryption"))
        later.note(reader.pointer_to("encryption"), "encrypted PDF is not offered yet");
    if (reader.optional_any("pdf_variant"))
        later.note(reader.pointer_to("pdf_variant"), "PDF/A and PDF/UA are not offered yet");
}

void read_options(ObjectReader& outer, const codec::JsonValue& object, std::string pointer, DocumentRequest& request,
                  NotOffered& later) {
    ObjectReader reader(object, std::move(pointer));
    read_page(reader, request.order);
    read_sheets(reader, request.order);
    read_metadata(reader, request.order);
    read_limits(reader, request);
    read_file_options(reader, request.order);
    read_web(reader, request);
    read_not_offered(reader, later);
    if (const auto name = reader.optional_string("file_name", {.bytes_min = 1, .bytes_max = kFileNameBytesMax})) {
        if (!is_file_name(*name)) reader.note("file_name", "must be a plain name such as invoice.pdf");
        request.file_name = *name;
    }
    if (const auto policy = reader.optional_string("resource_policy")) {
        const auto known = jobs::parse_policy(*policy);
        if (!known) reader.note("resource_policy", "must be ignore, warn or fail");
        request.order.resources = known.value_or(jobs::ResourcePolicy::Warn);
    }
    if (auto done = reader.finish(); !done) outer.absorb(std::move(done.error()));
}

void set_data(jobs::RenderOrder& order, const codec::JsonValue& data) {
    order.data = codec::canonical_json(data);
}

void read_source(ObjectReader& reader, DocumentRequest& request, NotOffered& later) {
    const codec::StringRule whole{.bytes_max = kSourceBytesMax};
    auto html = reader.optional_string("html", whole);
    auto source = reader.optional_string("template_source", {.bytes_max = kSourceBytesMax});
    const auto data = reader.optional_object("data");
    const auto stored = reader.optional_string("template", {.bytes_min = 1, .bytes_max = 200});
    auto url = reader.optional_string("url", {.bytes_min = 1, .bytes_max = net::kWebAddressBytesMax});
    const int given = int{html.has_value()} + int{source.has_value()} + int{stored.has_value()} + int{url.has_value()};
    if (given != 1) reader.note("html", "one of html, template_source, template and url is required");
    if (data && (html || url)) reader.note("data", "belongs to a template");
    if (stored) later.note("/template", "stored templates are not offered yet; send template_source");
    request.order.source = source ? jobs::SourceKind::Template : url ? jobs::SourceKind::Url : jobs::SourceKind::Html;
    request.order.text = std::move(source ? source : url ? url : html).value_or("");
    if (data) set_data(request.order, *data);
}

void read_engine(ObjectReader& reader, NotOffered& later) {
    const auto engine = reader.optional_string("engine");
    if (!engine) return;
    if (*engine == "chromium")
        later.note("/engine", "this server has no chromium engine; leave the member out for the native one");
    else if (*engine != "native")
        reader.note("engine", "must be native or chromium");
}

// JSON of nothing but brackets takes ten times its text while it is read; a form does not.
Result<void> check_json_size(const Call& call) {
    const std::size_t most = call.services().limits.batch_body_bytes_max;
    if (call.request().body.size() <= most) return {};
    return fail(ErrorCode::LimitExceeded, "a body of JSON has at most " + std::to_string(most) +
                                              " bytes (http.batch_body_bytes_max); send multipart/form-data");
}

Result<DocumentRequest> from_json(const Call& call) {
    GALLEY_TRY_VOID(check_json_size(call));
    GALLEY_TRY(const codec::JsonDocument body, parse_body(call));
    DocumentRequest request;
    NotOffered later;
    ObjectReader reader(body.root(), "");
    read_source(reader, request, later);
    read_engine(reader, later);
    if (const auto options = reader.optional_object("options"))
        read_options(reader, *options, "/options", request, later);
    GALLEY_TRY_VOID(reader.finish());
    GALLEY_TRY_VOID(later.check());
    return request;
}

// ---- forms

std::string part_pointer(std::string_view name) {
    return "/" + codec::pointer_token(name);
}

std::unexpected<Error> part_fault(std::string_view name, std::string message) {
    return fail(ErrorCode::InvalidInput, std::move(message), part_pointer(name));
}

Result<codec::JsonDocument> part_json(const codec::MultipartPart& part, const Call& call) {
    auto parsed = codec::JsonDocument::parse(part.content, call.services().limits.json_depth_max);
    if (!parsed) return part_fault(part.name, "is no JSON: " + parsed.error().message);
    if (!parsed->root().is_object()) return part_fault(part.name, "must be a JSON object");
    return parsed;
}

// `-F files=@logo.png` names many parts alike: then the file's own name counts.
std::string path_of(const codec::MultipartPart& part) {
    const bool listed = part.name == "file" || part.name == "files" || part.name == "files[]";
    return listed && part.file_name ? *part.file_name : part.name;
}

class FormReader {
 public:
    explicit FormReader(const Call& call) : call_(call) {}

    Result<void> take(const codec::MultipartPart& part) {
        if (part.name == "options") return take_options(part);
        if (part.name == "data" && !part.file_name) return take_data(part);
        if (part.name == "url" && !part.file_name) return take_source(part, jobs::SourceKind::Url);
        const std::string path = path_of(part);
        if (path == kHtmlPart) return take_source(part, jobs::SourceKind::Html);
        if (path == kTemplatePart) return take_source(part, jobs::SourceKind::Template);
        return take_file(part, path);
    }

    Result<DocumentRequest> finish() {
        if (!has_source_) return part_fault(kHtmlPart, "the form has no part index.html (or index.html.j2, or url)");
        if (has_data_ && request_.order.source != jobs::SourceKind::Template)
            return part_fault("data", "belongs to a template (index.html.j2)");
        GALLEY_TRY_VOID(later_.check());
        return std::move(request_);
    }

 private:
    Result<void> take_options(const codec::MultipartPart& part) {
        GALLEY_TRY(const codec::JsonDocument options, part_json(part, call_));
        const codec::JsonDocument none = *codec::JsonDocument::parse("{}");
        ObjectReader faults(none.root(), "");
        read_options(faults, options.root(), "/options", request_, later_);
        return faults.finish();
    }
    Result<void> take_data(const codec::MultipartPart& part) {
        GALLEY_TRY(const codec::JsonDocument data, part_json(part, call_));
        set_data(request_.order, data.root());
        has_data_ = true;
        return {};
    }
    Result<void> take_source(const codec::MultipartPart& part, jobs::SourceKind kind) {
        if (has_source_) return part_fault(part.name, "the form has two documents");
        const auto type = codec::parse_header_value(part.type);
        const std::string charset(type ? type->parameter("charset").value_or("utf-8") : "utf-8");
        if (codec::ascii_lower(charset) != "utf-8") return part_fault(part.name, "must be in UTF-8");
        if (!codec::is_utf8(part.content)) return part_fault(part.name, "is not valid UTF-8");
        has_source_ = true;
        request_.order.source = kind;
        request_.order.text = part.content;
        return {};
    }
    Result<void> take_file(const codec::MultipartPart& part, const std::string& path) {
        if (const auto good = check_path(path); !good) return part_fault(path, good.error().message);
        const auto same = [&path](const jobs::OrderFile& file) { return file.path == path; };
        if (std::ranges::any_of(request_.order.files, same)) return part_fault(path, "is there twice");
        request_.order.files.push_back({path, Bytes(part.content)});
        return {};
    }

    const Call& call_;
    DocumentRequest request_;
    NotOffered later_;
    bool has_source_ = false;
    bool has_data_ = false;
};

Result<DocumentRequest> from_form(const Call& call, std::string_view type) {
    GALLEY_TRY_VOID(check_body_coding(call.request()));
    GALLEY_TRY(const auto parts, codec::parse_multipart(type, call.request().body));
    FormReader reader(call);
    for (const codec::MultipartPart& part : parts) GALLEY_TRY_VOID(reader.take(part));
    return reader.finish();
}

}  // namespace

Result<DocumentRequest> document_request(const Call& call) {
    const std::string_view type = call.request().header("content-type").value_or("");
    GALLEY_TRY(DocumentRequest request, is_form(type) ? from_form(call, type) : from_json(call));
    GALLEY_TRY_VOID(check_attachments(request.order));
    GALLEY_TRY_VOID(settle_web(call, request));
    return request;
}

}  // namespace galley::api
