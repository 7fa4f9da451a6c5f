// src/net/web_client.h — what lies at an address of the web, fetched on others' behalf: every outbound call goes
// through here.
//
// Shape    get({.url = …}) → the answer of whatever status, after redirects, its content coding taken off. The
//          request's fields are this file's own: host, agent, what is accepted. No cookie, token, referrer or proxy.
//          The guard judges each address right before it is connected to, that very address, at every hop: a name
//          that means something else a moment later changes nothing.
// Errors   InvalidInput (no such address can be; the answer is no HTTP, or broken in its coding), Forbidden (the
//          guard), NotFound (no such host), Unavailable (no connection, a certificate that is not good, an answer cut
//          off), DeadlineExceeded, LimitExceeded (WebLimits), Unsupported (a content coding that was not asked for),
//          Cancelled. `where` is the address that failed.
// Owner    borrows the resolver.
// Threads  any; blocks.
// Limits   WebLimits.
// Source   SPEC R60, R61; RFC 9110 §15.4 (redirects); docs/outbound.md.
#pragma once

#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/mutex.h"
#include "base/time.h"
#include "net/address_guard.h"
#include "net/host_resolver.h"
#include "net/outgoing_connection.h"
#include "net/response_reader.h"
#include "net/web_options.h"

namespace galley::net {

struct WebRequest {
    std::string url;
    std::uint64_t bytes_max = UINT64_MAX;  // if lower than the limit
    std::stop_token stop{};
};

struct WebAnswer {
    int status = 0;
    std::string url;           // the last one
    std::string content_type;  // as it came; "" when it is missing
    Bytes body;
};

class WebClient {
 public:
    // InvalidInput: rules of the guard, ca_file.
    static Result<std::unique_ptr<WebClient>> create(const WebOptions& options,
                                                     const HostResolver& resolver = system_resolver());

    Result<WebAnswer> get(const WebRequest& request) const;
    // What can be said of an address without the network: InvalidInput, Forbidden. It passes here and may yet fail.
    Result<void> check(std::string_view url) const;

 private:
    WebClient(AddressGuard guard, const WebOptions& options, const HostResolver& resolver)
        : guard_(std::move(guard)), limits_(options.limits), ca_file_(options.ca_file), resolver_(resolver) {}

    Result<OutgoingConnection> connect(const WebAddress& address, const Patience& patience) const;
    Result<OutgoingConnection> connect_to_any(const std::vector<IpAddress>& candidates, const WebAddress& address,
                                              const Patience& patience) const;
    Result<void> exchange(const WebAddress& address, const Patience& patience, ResponseReader& reader) const;
    Result<WebAnswer> follow(WebAddress address, const WebRequest& request, const Patience& patience) const;
    Result<const TlsRoots*> roots() const;

    const AddressGuard guard_;
    const WebLimits limits_;
    const std::string ca_file_;
    const HostResolver& resolver_;
    mutable Mutex mutex_;
    mutable std::unique_ptr<TlsRoots> roots_ GALLEY_GUARDED_BY(mutex_);  // read at first use: it takes 20 ms
};

}  // namespace galley::net
