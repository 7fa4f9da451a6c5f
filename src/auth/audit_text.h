// src/auth/audit_text.h — the audit log as text: JSON for the API and `galley audit export`, CSV for spreadsheets.
//
// Shape    JSON: seq, time, who, action, object, from_address, outcome, request_id, previous, hash. CSV: the same
//          columns (RFC 4180, CRLF); a text that a spreadsheet would take for a formula gets a leading apostrophe.
//          A head is written SEQ:HASH, as `verify` prints it and takes it back.
// Errors   parse_audit_head: InvalidInput.
// Threads  any.
#pragma once

#include <string>
#include <string_view>

#include "auth/audit.h"
#include "codec/json_writer.h"

namespace galley::auth {

void append_audit_json(codec::JsonWriter& json, const StoredAuditEntry& stored);
std::string audit_csv_header();
void append_audit_csv(std::string& out, const StoredAuditEntry& stored);

std::string audit_verdict_json(const AuditVerdict& verdict);
std::string audit_head_text(const AuditHead& head);
Result<AuditHead> parse_audit_head(std::string_view text);

}  // namespace galley::auth
