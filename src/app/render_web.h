// src/app/render_web.h — what `galley render` fetches from the web, through the guard of net/web_client.h.
//
// Shape    fetch_document() the input; fetch_wanted() all that a render asked for and did not have.
// Errors   those of net::WebClient and jobs::fetch_document. A resource that cannot be had is no error: it says so.
// Owner    borrows the command.
// Threads  the main thread.
// Limits   kFetchLimits a document; net::WebLimits.
#pragma once

#include <memory>
#include <string>

#include "app/render_command.h"
#include "base/error.h"
#include "jobs/render/fetched_files.h"
#include "net/web_client.h"

namespace galley::app {

class RenderWeb {
 public:
    static constexpr jobs::FetchLimits kFetchLimits{.count_max = 2'000, .bytes_max = 512 << 20};

    explicit RenderWeb(const RenderCommand& command) : command_(command) {}

    Result<jobs::FetchedDocument> fetch_document(const std::string& url, const std::string& charset) const;
    Result<void> fetch_wanted(jobs::FetchedFiles& fetched) const;

 private:
    Result<const net::WebClient*> client() const;

    const RenderCommand& command_;
    mutable std::unique_ptr<net::WebClient> client_;
};

}  // namespace galley::app
