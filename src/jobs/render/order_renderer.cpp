#include "jobs/render/order_renderer.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <limits>

#include "codec/json.h"
#include "jobs/render/order_loader.h"
#include "template/template.h"

namespace galley::jobs {

namespace {

// A message costs a system call from a child process: not one a page of a long document.
constexpr int kPagesATime = 16;
constexpr int kParsedPercent = 10;
constexpr int kStyledPercent = 20;
constexpr int kLaidOutPercent = 80;

// How many pages will come nobody knows: each takes a part of what is left to go.
int percent_of(int pages) {
    return kLaidOutPercent - (kLaidOutPercent - kStyledPercent) * kPagesATime / (pages + kPagesATime);
}

void report(const RenderHooks& hooks, document::RenderPhase phase, int pages) {
    if (!hooks.progress) return;
    if (phase == document::RenderPhase::Parsed) hooks.progress(kParsedPercent, "parsed");
    if (phase == document::RenderPhase::LaidOut && (pages == 1 || pages % kPagesATime == 0))
        hooks.progress(percent_of(pages), fmt::format("page {}", pages));
}

template <typename Number>
Number lower(Number own, std::optional<std::int64_t> wanted, std::int64_t server) {
    const std::int64_t bound = std::min(server, wanted.value_or(server));
    return static_cast<Number>(std::min<std::int64_t>(bound, static_cast<std::int64_t>(own)));
}

document::RenderLimits limits_of(const OrderLimits& wanted, const ServerRenderLimits& server) {
    document::RenderLimits limits;
    limits.pages_max = lower(std::numeric_limits<int>::max(), wanted.pages_max, server.pages_max);
    limits.nodes_max = lower(limits.nodes_max, wanted.elements_max, server.elements_max);
    limits.output_bytes_max = lower(limits.output_bytes_max, wanted.output_bytes_max, server.output_bytes_max);
    return limits;
}

Result<std::string> html_of(const RenderOrder& order) {
    if (order.source == SourceKind::Html) return order.text;
    if (order.source == SourceKind::Url) return fail(ErrorCode::Internal, "a document that was not fetched");
    GALLEY_TRY(const templates::Template parsed, templates::Template::parse(order.text));
    GALLEY_TRY(const codec::JsonDocument data, codec::JsonDocument::parse(order.data));
    return parsed.render(data.root());
}

std::vector<document::PdfAttachment> attachments_of(const RenderOrder& order) {
    std::vector<document::PdfAttachment> out;
    for (const std::string& path : order.attachments) {
        const auto file = std::ranges::find(order.files, path, &OrderFile::path);
        if (file != order.files.end()) out.push_back({path.substr(path.rfind('/') + 1), SharedBytes(file->content)});
    }
    return out;
}

std::string without_root(std::string text) {
    for (std::size_t at = text.find(kOrderRootUrl); at != text.npos; at = text.find(kOrderRootUrl, at))
        text.erase(at, kOrderRootUrl.size());
    return text;
}

std::vector<std::string> shown_warnings(std::vector<std::string> warnings, const OrderLoader& loader,
                                        ResourcePolicy policy) {
    if (policy == ResourcePolicy::Ignore)
        std::erase_if(warnings, [&loader](const std::string& text) { return loader.tells_of_missing(text); });
    for (std::string& warning : warnings) warning = without_root(std::move(warning));
    return warnings;
}

}  // namespace

Result<MadePdf> render_order(document::Engine& engine, const RenderOrder& order, const ServerRenderLimits& limits,
                             const RenderHooks& hooks) {
    GALLEY_TRY(const std::string html, html_of(order));
    const OrderLoader loader(order, static_cast<std::uint64_t>(limits.resource_bytes_max));
    std::atomic<bool> cancelled = false;
    const std::stop_callback on_stop(hooks.stop, [&cancelled] { cancelled = true; });
    document::RenderOptions options;
    options.base_url = order.base_url.empty() ? std::string(kOrderBaseUrl) : order.base_url;
    options.loader = &loader;
    for (const std::string& sheet : order.sheets) options.sheets.push_back({sheet, "options.stylesheets"});
    options.name = order.fetched_source ? order.fetched_source->url : "index.html";
    options.media_type = order.media_type;
    options.metadata = order.metadata;
    options.custom_metadata = order.custom_metadata;
    options.format = order.format;
    options.attachments = attachments_of(order);
    options.limits = limits_of(order.limits, limits);
    options.cancelled = &cancelled;
    options.progress = [&hooks](document::RenderPhase phase, int pages) { report(hooks, phase, pages); };
    GALLEY_TRY(document::Rendered rendered, engine.render_pdf(html, options));
    MadePdf made;
    made.wanted = loader.wanted();
    if (!made.wanted.empty() && order.remote != RemotePolicy::None) return made;
    if (order.resources == ResourcePolicy::Fail && loader.first_missing()) {
        return fail(ErrorCode::InvalidInput, "a resource is missing: " + loader.first_missing()->missing,
                    loader.first_missing()->url);
    }
    made.pdf = std::move(rendered.pdf);
    made.report.page_count = rendered.page_count;
    made.report.warnings = shown_warnings(std::move(rendered.warnings), loader, order.resources);
    made.report.resources = loader.used();
    return made;
}

Bytes render_job_input(std::string_view encoded_order, const ServerRenderLimits& limits) {
    static_assert(std::has_unique_object_representations_v<ServerRenderLimits>);
    Bytes input;
    input.reserve(encoded_order.size() + sizeof limits);
    input += encoded_order;
    return input.append(reinterpret_cast<const char*>(&limits), sizeof limits);
}

Result<Bytes> run_render_job(document::Engine& engine, std::string_view input, const RenderHooks& hooks) {
    ServerRenderLimits limits;
    if (input.size() < sizeof limits) return fail(ErrorCode::Internal, "a render job without limits");
    const std::string_view encoded = input.substr(0, input.size() - sizeof limits);
    std::memcpy(&limits, input.data() + encoded.size(), sizeof limits);
    GALLEY_TRY(const RenderOrder order, decode_order(encoded));
    GALLEY_TRY(MadePdf made, render_order(engine, order, limits, hooks));
    return encode_made(std::move(made));
}

}  // namespace galley::jobs
