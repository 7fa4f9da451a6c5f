// The audit log (R13): reading it, and asking whether its chain holds.
#include "auth/audit.h"

#include "api/endpoint.h"
#include "api/json_parts.h"
#include "api/paging.h"
#include "api/schemas.h"
#include "auth/audit_text.h"

namespace galley::api {

namespace {

Result<auth::AuditFilter> filter_from_query(const Call& call) {
    auth::AuditFilter filter;
    for (const auto& [name, field] : {std::pair{"who", &auth::AuditFilter::who},
                                      {"action", &auth::AuditFilter::action},
                                      {"object", &auth::AuditFilter::object},
                                      {"outcome", &auth::AuditFilter::outcome}}) {
        GALLEY_TRY(auto text, query_parameter(call, name));
        filter.*field = std::move(text).value_or("");
    }
    GALLEY_TRY(filter.since, query_time(call, "since"));
    GALLEY_TRY(filter.until, query_time(call, "until"));
    return filter;
}

Result<std::string> list_json(const Call& call) {
    GALLEY_TRY_VOID(auth::check_right(call.caller(), auth::Action::AuditRead));
    GALLEY_TRY(const NumberedPageRequest page, numbered_page_request(call));
    GALLEY_TRY(const auth::AuditFilter filter, filter_from_query(call));
    GALLEY_TRY(const auth::AuditPage found,
               auth::list_audit(call.services().database, filter, page.before, static_cast<std::size_t>(page.limit)));
    return page_json(call.request(), found.entries, position_of(found.next), auth::append_audit_json);
}

void list_audit(Call call) {
    Result<std::string> body = list_json(call);
    if (!body) return std::move(call).fail(body.error());
    std::move(call).json(200, std::move(*body));
}

Result<std::optional<auth::AuditHead>> expected_from_query(const Call& call) {
    GALLEY_TRY_VOID(auth::check_right(call.caller(), auth::Action::AuditRead));
    GALLEY_TRY(const auto text, query_parameter(call, "expect"));
    if (!text) return std::optional<auth::AuditHead>();
    GALLEY_TRY(const auth::AuditHead head, auth::parse_audit_head(*text));
    return std::optional(head);
}

void verify_log(Call call) {
    const Result<std::optional<auth::AuditHead>> expected = expected_from_query(call);
    if (!expected) return std::move(call).fail(expected.error());
    auto work = [expected = *expected](Call& waiting) -> Result<auth::AuditVerdict> {
        return auth::verify_audit(waiting.services().database, expected);
    };
    block_then(std::move(call), work, [](Call done, const auth::AuditVerdict& verdict) {
        std::move(done).json(200, auth::audit_verdict_json(verdict));
    });
}

}  // namespace

std::vector<EndpointRow> audit_endpoints() {
    using enum net::Method;
    using enum auth::RateClass;
    return {
        {.method = Get,
         .pattern = "/api/v1/audit",
         .name = "audit_list",
         .tag = "audit",
         .summary = "The audit log, newest first",
         .rate_class = Administration,
         .query = paged({{"who", text({.max = auth::kAuditFieldBytesMax}), "e-mail address of who did it, or `system`"},
                         {"action", text({.max = auth::kAuditFieldBytesMax}), "as in the entries: `snapshot_create`"},
                         {"object", text({.max = auth::kAuditFieldBytesMax}), "this object and what lies under it"},
                         {"outcome", one_of({"success", "denied", "failure"}), "how it ended"},
                         {"since", time_text(), "not before this moment"},
                         {"until", time_text(), "before this moment"}}),
         .answers = {answer_of(200, "a page of entries", page_of(ref("AuditEntry")))},
         .handler = list_audit},
        {.method = Get,
         .pattern = "/api/v1/audit/verify",
         .name = "audit_verify",
         .tag = "audit",
         .summary = "Whether the log's chain of hashes holds",
         .description = "Reads the whole log. What was cut off at its end is found only with `expect`.",
         .rate_class = Administration,
         .query = {{"expect", text_like("^[0-9]{1,19}:[0-9a-f]{64}$"),
                    "`SEQ:HASH` of an entry that was noted down elsewhere and must still be there"}},
         .answers = {answer_of(200, "the verdict", ref("AuditVerdict"))},
         .handler = verify_log},
    };
}

}  // namespace galley::api
