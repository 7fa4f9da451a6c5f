#include "auth/audit_text.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "codec/date.h"

namespace galley::auth {

namespace {

// "=1+1" and the like: who opens the file must not run what a client sent.
bool is_formula(std::string_view text) {
    return !text.empty() && std::string_view("=+-@\t\r").contains(text.front());
}

void append_csv_field(std::string& out, std::string_view text) {
    const bool formula = is_formula(text);
    if (!formula && text.find_first_of("\",\r\n") == text.npos) {
        out.append(text);
        return;
    }
    out += '"';
    if (formula) out += '\'';
    for (const char c : text) {
        if (c == '"') out += '"';
        out += c;
    }
    out += '"';
}

}  // namespace

void append_audit_json(codec::JsonWriter& json, const StoredAuditEntry& stored) {
    const AuditEntry& entry = stored.entry;
    json.begin_object();
    json.field("seq", stored.seq);
    json.field("time", codec::format_rfc3339(entry.time));
    json.field("who", entry.who);
    json.field("action", entry.action);
    json.field("object", entry.object);
    json.field("from_address", entry.from_address);
    json.field("outcome", audit_outcome_name(entry.outcome));
    json.field("request_id", entry.request_id);
    json.field("previous", stored.previous.hex());
    json.field("hash", stored.hash.hex());
    json.end_object();
}

std::string audit_csv_header() {
    return "seq,time,who,action,object,from_address,outcome,request_id,previous,hash\r\n";
}

void append_audit_csv(std::string& out, const StoredAuditEntry& stored) {
    const AuditEntry& entry = stored.entry;
    out.append(std::to_string(stored.seq)).append(1, ',').append(codec::format_rfc3339(entry.time));
    for (const std::string_view text : {std::string_view(entry.who), std::string_view(entry.action),
                                        std::string_view(entry.object), std::string_view(entry.from_address),
                                        audit_outcome_name(entry.outcome), std::string_view(entry.request_id)}) {
        out += ',';
        append_csv_field(out, text);
    }
    out.append(1, ',').append(stored.previous.hex()).append(1, ',').append(stored.hash.hex()).append("\r\n");
}

std::string audit_verdict_json(const AuditVerdict& verdict) {
    std::string out;
    codec::JsonWriter json(out);
    json.begin_object();
    json.field("ok", verdict.ok());
    json.field("entries", verdict.head.seq);
    json.field("head", audit_head_text(verdict.head));
    if (verdict.broken_seq) {
        json.field("broken_seq", *verdict.broken_seq);
        json.field("reason", verdict.reason);
    } else {
        json.null_field("broken_seq");
        json.null_field("reason");
    }
    json.end_object();
    return out;
}

std::string audit_head_text(const AuditHead& head) {
    return std::to_string(head.seq) + ":" + head.hash.hex();
}

Result<AuditHead> parse_audit_head(std::string_view text) {
    AuditHead head;
    const std::size_t colon = std::min(text.find(':'), text.size());
    const auto [end, error] = std::from_chars(text.data(), text.data() + colon, head.seq);
    const Result<Digest> hash = colon < text.size() ? parse_digest(text.substr(colon + 1)) : parse_digest("");
    if (error != std::errc() || end != text.data() + colon || head.seq < 1 || !hash) {
        return fail(ErrorCode::InvalidInput, "SEQ:HASH is expected, as `galley audit verify` prints it",
                    std::string(text));
    }
    head.hash = *hash;
    return head;
}

}  // namespace galley::auth
