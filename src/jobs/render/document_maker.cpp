#include "jobs/render/document_maker.h"

#include <memory>

#include "base/log.h"
#include "net/web_address.h"

namespace galley::jobs {

namespace {

constexpr int kFetchPercent = 5;

// Which addresses a document may have, by its order's policy.
class OriginRule {
 public:
    explicit OriginRule(const RenderOrder& order) : same_only_(order.remote == RemotePolicy::SameOrigin) {
        if (const auto base = net::parse_web_address(order.base_url)) origin_ = base->origin();
    }
    bool lets(const std::string& url) const {
        const auto address = net::parse_web_address(url);
        return address && (!same_only_ || address->origin() == origin_);
    }
    static FetchedFile refused(const std::string& url) {
        return {.url = url,
                .final_url = {},
                .status = 0,
                .missing = "it lies at another origin, and options.remote is same-origin",
                .content = {}};
    }

 private:
    const bool same_only_;
    std::string origin_;
};

}  // namespace

void DocumentMaker::use_processes(pool::ProcessPool& pool, std::uint32_t job, Duration cpu_time) {
    pool_ = &pool;
    job_ = job;
    cpu_time_ = cpu_time;
}

Result<Bytes> DocumentMaker::run_job(std::string_view input, const Hooks& hooks) const {
    if (pool_ == nullptr) return run_render_job(engine_, input, {.stop = hooks.stop, .progress = hooks.progress});
    pool::JobEnd end = pool_->run({.job = job_,
                                   .input = input,
                                   .limits = {.cpu = cpu_time_, .wall = hooks.wall_time},
                                   .stop = hooks.stop,
                                   .on_progress = hooks.progress});
    if (end.death && hooks.on_death) hooks.on_death(*end.death);
    return std::move(end.reply);
}

Result<MadePdf> DocumentMaker::render(std::string_view encoded_order, const Hooks& hooks) const {
    const Bytes input = render_job_input(encoded_order, limits_);
    GALLEY_TRY(Bytes reply, run_job(input, hooks));
    return decode_made(std::move(reply));
}

Result<MadePdf> DocumentMaker::render_kept(const Digest& hash, const Hooks& hooks) const {
    GALLEY_TRY(Bytes order, store_.order(hash));
    Bytes input = render_job_input(order, limits_);
    order = {};
    GALLEY_TRY(Bytes reply, run_job(input, hooks));
    GALLEY_TRY(MadePdf made, decode_made(std::move(reply)));
    if (!made.wanted.empty()) return fail(ErrorCode::Internal, "a kept document asks for the web");
    return made;
}

// Of a document that was just made and whose row does not say so yet, or of one that was made before.
Result<std::optional<std::string>> DocumentMaker::known_report(const Digest& hash) {
    std::uint64_t generation = 0;
    if (auto remembered = reports_.find(hash, generation)) return std::optional(std::move(*remembered));
    return store_.report(hash);
}

// A PDF in the cache of which nobody knows the report is made anew.
Result<DocumentMaker::Made> DocumentMaker::make(const Digest& hash, const Hooks& hooks) {
    std::uint64_t generation = 0;
    (void)reports_.find(hash, generation);
    const auto maker = [&]() -> Result<Bytes> {
        GALLEY_TRY(MadePdf made, render_kept(hash, hooks));
        reports_.remember(hash, report_json(made.report), generation);
        return std::move(made.pdf);
    };
    GALLEY_TRY(const cache::MadeDocument found, cache_.get_or_make(hash, maker));
    GALLEY_TRY(std::optional<std::string> report, known_report(hash));
    if (report) return Made{found.bytes, std::move(*report), found.was_cached};
    GALLEY_TRY(MadePdf made, render_kept(hash, hooks));
    return Made{SharedBytes(std::move(made.pdf)), report_json(made.report), false};
}

// ---- from the web

Result<RenderOrder> DocumentMaker::fetch_source(const Digest& asked, const Hooks& hooks) const {
    GALLEY_TRY(const Bytes encoded, store_.order(asked));
    GALLEY_TRY(RenderOrder order, decode_order(encoded));
    if (web_ == nullptr) return fail(ErrorCode::Unsupported, "this server fetches nothing");
    if (order.source != SourceKind::Url) return order;
    if (hooks.progress) hooks.progress(kFetchPercent, "fetching");
    GALLEY_TRY(FetchedDocument document, jobs::fetch_document(*web_, order.text, {}, hooks.stop));
    const FetchedFile& file = document.file;
    order.fetched_source = FetchedSource{.url = file.url,
                                         .final_url = file.final_url,
                                         .status = file.status,
                                         .bytes = file.content.size(),
                                         .sha256 = sha256(file.content.view()).hex()};
    order.base_url = file.final_url.empty() ? file.url : file.final_url;
    order.source = SourceKind::Html;
    order.text = std::move(document.html);
    return order;
}

void DocumentMaker::fetch_wanted(RenderOrder& order, const std::vector<std::string>& wanted, const Hooks& hooks) const {
    FetchedFiles known;
    for (const FetchedFile& file : order.fetched) known.add(file);
    const OriginRule allowed(order);
    std::vector<std::string> urls;
    for (const std::string& url : wanted) {
        if (allowed.lets(url))
            urls.push_back(url);
        else
            order.fetched.push_back(OriginRule::refused(url));
    }
    for (FetchedFile& file : fetch_all(*web_, urls, known.left(fetch_limits_), hooks.stop))
        order.fetched.push_back(allowed.lets(file.final_url.empty() ? file.url : file.final_url)
                                    ? std::move(file)
                                    : OriginRule::refused(file.url));
}

Result<DocumentMaker::MadeFetched> DocumentMaker::make_fetched(RenderOrder order, const Hooks& hooks) {
    MadePdf made;
    for (int round = 0; round <= kFetchRoundsMax; ++round) {
        GALLEY_TRY(made, render(encode_order(order), hooks));
        if (made.wanted.empty()) break;
        if (hooks.stop.stop_requested()) return fail(ErrorCode::Cancelled, "cancelled");
        if (hooks.progress) hooks.progress(kFetchPercent, "fetching " + std::to_string(made.wanted.size()));
        if (round < kFetchRoundsMax) fetch_wanted(order, made.wanted, hooks);
    }
    for (const std::string& url : made.wanted)
        order.fetched.push_back(
            {.url = url, .final_url = {}, .status = 0, .missing = std::string(kNotFetched), .content = {}});
    order.remote = RemotePolicy::None;
    MadeFetched out{.order = encode_order(std::move(order)), .hash = {}, .made = {}};
    out.hash = order_hash(out.order);
    if (!made.wanted.empty()) {
        GALLEY_TRY(made, render(out.order, hooks));
    }
    out.made.report = report_json(made.report);
    std::uint64_t generation = 0;
    (void)reports_.find(out.hash, generation);
    reports_.remember(out.hash, out.made.report, generation);
    const auto maker = [&made]() -> Result<Bytes> { return std::move(made.pdf); };
    GALLEY_TRY(const cache::MadeDocument found, cache_.get_or_make(out.hash, maker));
    out.made.pdf = found.bytes;
    out.made.cached = found.was_cached;
    return out;
}

void DocumentMaker::make_later(const Digest& hash, Done done) {
    auto shared = std::make_shared<Done>(std::move(done));
    BackgroundQueue::Work work = [this, hash, shared](BackgroundQueue::Run how) {
        if (how == BackgroundQueue::Run::Stopped) return (*shared)(fail(ErrorCode::Unavailable, "the server stops"));
        log(LogLevel::Info, "document_made_again", {{"content_hash", hash.hex()}});
        Result<Made> made = make(hash, {});
        if (!made) return (*shared)(fail(std::move(made.error())));
        (*shared)(std::move(made->pdf));
    };
    if (!queue_.post(work)) (*shared)(fail(ErrorCode::Unavailable, "too many documents are being made again"));
}

}  // namespace galley::jobs
