#include "jobs/snapshot/room_renderer.h"

#include "base/digest.h"
#include "codec/json.h"

namespace galley::jobs {

extern const std::string_view kRoomTemplateText;  // generated from assets/templates/room_snapshot.html.j2

RoomRenderer::RoomRenderer(document::Engine& engine, templates::Template room_template, std::string version)
    : engine_(engine), template_(std::move(room_template)), version_(std::move(version)) {}

Result<std::unique_ptr<RoomRenderer>> RoomRenderer::create(document::Engine& engine) {
    GALLEY_TRY(templates::Template room_template, templates::Template::parse(kRoomTemplateText));
    std::string version = std::string(document::kEngineVersion) + "\n" + sha256(kRoomTemplateText).hex();
    return std::unique_ptr<RoomRenderer>(new RoomRenderer(engine, std::move(room_template), std::move(version)));
}

Result<document::Rendered> RoomRenderer::render(std::string_view canonical_json, const Options& options) const {
    GALLEY_TRY(const codec::JsonDocument data, codec::JsonDocument::parse(canonical_json));
    GALLEY_TRY(const std::string html, template_.render(data.root()));
    document::RenderOptions render_options;
    render_options.cancelled = options.cancelled;
    render_options.progress = options.progress;
    return engine_.render_pdf(html, render_options);
}

Result<std::string> room_html(std::string_view canonical_json) {
    GALLEY_TRY(const templates::Template room_template, templates::Template::parse(kRoomTemplateText));
    GALLEY_TRY(const codec::JsonDocument data, codec::JsonDocument::parse(canonical_json));
    return room_template.render(data.root());
}

}  // namespace galley::jobs
