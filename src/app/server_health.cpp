#include "app/server_health.h"

#include <utility>

#include "app/render_pool.h"

namespace galley::app {

// Below api::kLookTimeMax. All children may be at work for longer.
constexpr Duration kProbeTimeMax = std::chrono::seconds(4);

using api::HealthPart;
using api::PartNeed;
using api::PartState;
using api::PartVerdict;

HealthPart renderer_part(document::Engine& engine) {
    const auto look = [&engine, html = "<p>"]() mutable -> PartVerdict {
        const Result<document::Rendered> rendered = engine.render_pdf(std::exchange(html, "<p>Galley"), {});
        if (rendered && rendered->page_count == 1) return {};
        return {.state = PartState::Failed, .detail = "cannot render a document"};
    };
    return {"document_engine", PartNeed::Helpful, std::chrono::minutes(1), look};
}

HealthPart render_processes_part(pool::ProcessPool& pool) {
    const auto look = [&pool, looked = false, started = std::uint64_t{1}]() mutable -> PartVerdict {
        // They come up while the server does; it does not wait for them.
        if (!std::exchange(looked, true)) return {};
        const pool::JobEnd end =
            pool.run({.job = kRenderHtmlJob, .input = "<p>Galley", .limits = {.wall = kProbeTimeMax}});
        const bool all_at_work = !end.reply && end.reply.error().code == ErrorCode::DeadlineExceeded;
        if (!end.reply && !all_at_work) return {.state = PartState::Failed, .detail = "cannot render a document"};
        const pool::PoolStats stats = pool.stats();
        if (std::exchange(started, stats.parents_started) != stats.parents_started)
            return {.state = PartState::Degraded, .detail = "their parent died and was started anew"};
        if (stats.not_enforced && !stats.not_enforced->empty())
            return {.state = PartState::Degraded, .detail = "not in force here: " + *stats.not_enforced};
        return {};
    };
    return {"document_engine", PartNeed::Helpful, std::chrono::minutes(1), look};
}

HealthPart token_keys_part(const std::atomic<bool>& keys_are_current) {
    const auto look = [&keys_are_current]() -> PartVerdict {
        if (keys_are_current) return {};
        return {.state = PartState::Degraded, .detail = "could not be read anew; those of before are in use"};
    };
    return {"token_keys", PartNeed::Helpful, Duration(0), look};
}

HealthPart certificate_part(ExpiresAt expires_at, const os::Clock& clock) {
    const auto look = [expires_at = std::move(expires_at), &clock]() -> PartVerdict {
        const std::optional<Time> end = expires_at();
        if (!end) return {};
        const auto left = std::chrono::floor<std::chrono::days>(*end - clock.now());
        if (left.count() < 0) return {.state = PartState::Failed, .detail = "has expired"};
        if (left >= kCertificateTimeMin) return {};
        return {.state = PartState::Degraded, .detail = "expires in " + std::to_string(left.count()) + " days"};
    };
    return {"tls_certificate", PartNeed::Helpful, Duration(0), look};
}

}  // namespace galley::app
