#include "jobs/snapshot/regenerator.h"

#include <memory>

#include "base/log.h"

namespace galley::jobs {

Regenerator::Regenerator(const rooms::SnapshotStore& snapshots, const RoomRenderer& renderer,
                         cache::DocumentCache& documents)
    : snapshots_(snapshots), renderer_(renderer), documents_(documents) {}

void Regenerator::regenerate(const Digest& content_hash, Done done) {
    auto shared = std::make_shared<Done>(std::move(done));
    BackgroundQueue::Work work = [this, content_hash, shared](BackgroundQueue::Run how) {
        const bool stopped = how == BackgroundQueue::Run::Stopped;
        (*shared)(stopped ? fail(ErrorCode::Unavailable, "the server is stopping") : make(content_hash));
    };
    if (!queue_.post(work)) (*shared)(fail(ErrorCode::Unavailable, "too many documents are being made again"));
}

Result<SharedBytes> Regenerator::make(const Digest& content_hash) {
    const auto maker = [&]() -> Result<Bytes> {
        Result<rooms::KeptInput> kept = snapshots_.kept_input(content_hash);
        // A snapshot refers to this document: its input must be there.
        if (!kept && kept.error().code != ErrorCode::NotFound) return fail(std::move(kept.error()));
        if (!kept) return fail(ErrorCode::Corrupt, "no kept input: " + kept.error().message, content_hash.hex());
        GALLEY_TRY(document::Rendered rendered, renderer_.render(kept->input, {}));
        return std::move(rendered.pdf);
    };
    log(LogLevel::Info, "document_regenerated", {{"content_hash", content_hash.hex()}});
    GALLEY_TRY(cache::MadeDocument made, documents_.get_or_make(content_hash, maker));
    return std::move(made.bytes);
}

}  // namespace galley::jobs
