// src/jobs/render/order.h — what a document is made from: its HTML or template, its files, its options.
//
// Shape    encode_order(order) → one text; decode_order(text) takes it apart again. The text is kept so that the
//          document can be made again, and decides its bytes: order_hash(text) names the document. So only that goes
//          into it which decides the bytes, or whether there are any; nothing of who asked, and when.
//
//              "galley-order/1\n"  length of the head, decimal  "\n"  head  source  data  files…  fetched…
//
//          The head is JSON with the options and the length of each part; the files stand in order of their paths,
//          what was fetched in order of the addresses. An order that needs_web() names a question, not a document:
//          once all was fetched it is another order, with an HTML source and nothing left to ask for.
// Errors   decode_order: Corrupt.
// Owner    copies.
// Threads  any.
// Limits   the caller's: what is encoded was checked where it came in (api/document_request.h).
// Source   SPEC R30, R37; docs/formats/order.md.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/digest.h"
#include "base/error.h"
#include "document/document.h"
#include "jobs/render/fetched_files.h"

namespace galley::jobs {

enum class SourceKind : std::uint8_t { Html, Template, Url };
// What becomes of a resource that cannot be had: nothing is said, a warning, or the document fails.
enum class ResourcePolicy : std::uint8_t { Ignore, Warn, Fail };

// Which addresses of the web a document may name and have.
enum class RemotePolicy : std::uint8_t { None, SameOrigin, Any };

struct OrderFile {
    std::string path;  // relative to the document: "css/page.css"
    Bytes content;
};

// Lower than the server's, or absent.
struct OrderLimits {
    std::optional<std::int64_t> pages_max{};
    std::optional<std::int64_t> elements_max{};
    std::optional<std::int64_t> output_bytes_max{};
};

// What an order's text was fetched from.
struct FetchedSource {
    std::string url;
    std::string final_url;  // "" without redirects
    int status = 0;
    std::uint64_t bytes = 0;  // as they came
    std::string sha256;       // of them, hex

    bool operator==(const FetchedSource&) const = default;
};

struct RenderOrder {
    SourceKind source = SourceKind::Html;
    std::string text;                        // HTML, template or address
    std::string data = "{}";                 // of a template: canonical JSON
    std::vector<OrderFile> files{};          // no two with one path
    std::vector<std::string> sheets;         // CSS texts after the document's own
    std::vector<std::string> attachments{};  // paths of files that go into the PDF
    std::string media_type = "print";
    document::CustomMetadata custom_metadata = document::CustomMetadata::Ignored;
    document::PdfFormat format{};
    document::PdfMetadata metadata{};
    std::string base_url{};  // an address of the web, or "": the files of the order
    RemotePolicy remote = RemotePolicy::None;
    std::vector<FetchedFile> fetched{};  // each with another url
    std::optional<FetchedSource> fetched_source{};
    ResourcePolicy resources = ResourcePolicy::Warn;
    OrderLimits limits{};
};

std::string_view policy_name(ResourcePolicy policy);  // "ignore", "warn", "fail"
std::optional<ResourcePolicy> parse_policy(std::string_view name);
std::string_view remote_name(RemotePolicy policy);  // "none", "same-origin", "any"
std::optional<RemotePolicy> parse_remote(std::string_view name);

// Whether it must be fetched for before it says all that decides the document's bytes.
inline bool needs_web(const RenderOrder& order) {
    return order.source == SourceKind::Url || order.remote != RemotePolicy::None;
}

Bytes encode_order(RenderOrder order);
Result<RenderOrder> decode_order(std::string_view bytes);
Digest order_hash(std::string_view encoded);

// Where files of an order seem to lie while it is rendered.
inline constexpr std::string_view kOrderBaseUrl = "galley-upload://document/index.html";
inline constexpr std::string_view kOrderRootUrl = "galley-upload://document/";

}  // namespace galley::jobs
