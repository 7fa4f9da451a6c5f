// src/jobs/render/document_maker.h — makes documents of their kept orders: from the cache, or once however many ask.
//
// Shape    make(hash, hooks) → the PDF and what is told of it. In a child process after use_processes(), else on the
//          caller's thread. make_later() does the same on a thread of its own, for a PDF that the cache has lost (R26).
// Errors   NotFound (nobody holds the document), Corrupt, those of render_order(), those of pool::ProcessPool.
//          make_later: Unavailable too (kMakeWaitingMax waiting, or stopped).
//          fetch_source: Unsupported without use_web(); those of fetch_document().
// Owner    borrows what it is given; stop() or the destructor ends its thread, answering Unavailable to who waits.
// Threads  any; use_processes() before the first make().
// Limits   ServerRenderLimits; FetchLimits, kFetchRoundsMax; kReportsRemembered reports.
// Source   SPEC R24–R26, R30, R37.
#pragma once

#include <functional>
#include <stop_token>

#include "base/background_queue.h"
#include "base/remembered.h"
#include "cache/document_cache.h"
#include "document/document.h"
#include "jobs/render/document_store.h"
#include "jobs/render/made_document.h"
#include "jobs/render/order_renderer.h"
#include "pool/process_pool.h"

namespace galley::jobs {

class DocumentMaker {
 public:
    static constexpr std::size_t kMakeWaitingMax = 1'000;
    static constexpr std::size_t kReportsRemembered = 256;

    DocumentMaker(DocumentStore& store, cache::DocumentCache& cache, document::Engine& engine,
                  const ServerRenderLimits& limits)
        : store_(store), cache_(cache), engine_(engine), limits_(limits) {}

    // Before the first make(): who fetches, and how much for one document.
    void use_web(const net::WebClient& client, const FetchLimits& limits) {
        web_ = &client;
        fetch_limits_ = limits;
    }
    // `job` is the number under which the pool's table has run_render_job().
    void use_processes(pool::ProcessPool& pool, std::uint32_t job, Duration cpu_time);

    struct Hooks {
        std::stop_token stop{};
        Duration wall_time = std::chrono::minutes(5);
        std::function<void(int percent, std::string_view message)> progress{};
        std::function<void(const pool::Death&)> on_death{};
    };
    struct Made {
        SharedBytes pdf;
        std::string report;  // JSON
        bool cached = false;
    };
    Result<Made> make(const Digest& hash, const Hooks& hooks);

    // The two halves of an order that needs_web(). First what the document itself is fetched from: Unavailable here is
    // the other server's, and worth another attempt.
    Result<RenderOrder> fetch_source(const Digest& asked, const Hooks& hooks) const;
    // Then renders, between which what was asked for is fetched. `order` is what all of it comes to: it needs no web,
    // and `hash` names it.
    struct MadeFetched {
        Bytes order;
        Digest hash;
        Made made;
    };
    Result<MadeFetched> make_fetched(RenderOrder order, const Hooks& hooks);

    using Done = std::move_only_function<void(Result<SharedBytes>)>;
    void make_later(const Digest& hash, Done done);
    void stop() { queue_.stop(); }

 private:
    Result<MadePdf> render(std::string_view encoded_order, const Hooks& hooks) const;
    Result<MadePdf> render_kept(const Digest& hash, const Hooks& hooks) const;
    void fetch_wanted(RenderOrder& order, const std::vector<std::string>& wanted, const Hooks& hooks) const;
    Result<Bytes> run_job(std::string_view input, const Hooks& hooks) const;
    Result<std::optional<std::string>> known_report(const Digest& hash);

    DocumentStore& store_;
    cache::DocumentCache& cache_;
    document::Engine& engine_;
    const ServerRenderLimits limits_;
    const net::WebClient* web_ = nullptr;
    FetchLimits fetch_limits_{};
    pool::ProcessPool* pool_ = nullptr;
    std::uint32_t job_ = 0;
    Duration cpu_time_{0};
    Remembered<Digest, std::string> reports_{kReportsRemembered};
    BackgroundQueue queue_{kMakeWaitingMax};
};

}  // namespace galley::jobs
