#include "app/render_web.h"

#include "net/address_guard.h"

namespace galley::app {

namespace {

// Whoever runs the command may reach what their machine reaches. The metadata services of clouds speak to the machine,
// not to them.
net::GuardRules private_rules() {
    return {.allow = {"0.0.0.0/0", "::/0"},
            .deny = {"169.254.0.0/16", "fe80::/10", "168.63.129.16", "100.100.100.200", "192.0.0.192", "fd00:ec2::/32",
                     "fd20:ce::/32"}};
}

// What to do about a refusal of the guard.
std::string_view hint(std::string_view message) {
    return message.contains(net::kOnlyPublic) ? " (--allow-private)" : "";
}

}  // namespace

Result<const net::WebClient*> RenderWeb::client() const {
    if (!client_) {
        net::WebOptions options;
        if (command_.allow_private) options.guard = private_rules();
        options.limits.time_max = std::chrono::seconds(command_.timeout_seconds);
        options.ca_file = command_.ca_file;
        GALLEY_TRY(client_, net::WebClient::create(options));
    }
    return client_.get();
}

Result<jobs::FetchedDocument> RenderWeb::fetch_document(const std::string& url, const std::string& charset) const {
    GALLEY_TRY(const net::WebClient* web, client());
    Result<jobs::FetchedDocument> document = jobs::fetch_document(*web, url, charset, {});
    if (!document) document.error().message += hint(document.error().message);
    return document;
}

Result<void> RenderWeb::fetch_wanted(jobs::FetchedFiles& fetched) const {
    GALLEY_TRY(const net::WebClient* web, client());
    for (jobs::FetchedFile& file : jobs::fetch_all(*web, fetched.wanted(), fetched.left(kFetchLimits), {})) {
        file.missing += hint(file.missing);
        fetched.add(std::move(file));
    }
    return {};
}

}  // namespace galley::app
