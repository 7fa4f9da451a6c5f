#include "auth/migrations.h"

namespace galley::auth {

namespace {

// Times are milliseconds since 1970. The triggers stop mistakes, not an attacker: for that there is verify_audit().
constexpr store::Migration kMigrations[] = {
    {1, "accounts and audit log",
     R"sql(
CREATE TABLE account (
    email      TEXT NOT NULL PRIMARY KEY,
    role       TEXT NOT NULL,
    name       TEXT NOT NULL,
    active     INTEGER NOT NULL,
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE audit_log (
    seq          INTEGER PRIMARY KEY,
    who          TEXT NOT NULL,
    action       TEXT NOT NULL,
    object       TEXT NOT NULL,
    from_address TEXT NOT NULL,
    outcome      TEXT NOT NULL,
    request_id   TEXT NOT NULL,
    time_ms      INTEGER NOT NULL,
    previous     BLOB NOT NULL,
    hash         BLOB NOT NULL
) STRICT;

CREATE TRIGGER audit_log_keeps_entries BEFORE DELETE ON audit_log
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;

CREATE TRIGGER audit_log_keeps_content BEFORE UPDATE ON audit_log
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
)sql",
     nullptr},
};

}  // namespace

store::Component auth_migrations() {
    return {"auth", kMigrations};
}

}  // namespace galley::auth
