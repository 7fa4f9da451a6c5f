// The tables.
//
// idempotency is what every keyed call looks up and inserts at a random place, so it is narrow: two 16-byte hashes and
// a row number, WITHOUT ROWID. idempotency_answer is appended in order of time and holds the answers; its oldest rows
// are pruned first, found by row number without an index of times. Rejected: one wide table (each insert at a random
// place would dirty a page that holds eight rows instead of a hundred), the key's own text (longer, and a secret of its
// caller), a timer that prunes (it would wake a machine that nobody asks anything).
#include "api/idempotency.h"

#include "base/digest.h"

namespace galley::api {

using store::Blob;
using store::Executor;
using store::Row;

namespace {

constexpr store::Migration kMigrations[] = {
    {1, "idempotency keys", R"sql(
CREATE TABLE idempotency(
    key BLOB PRIMARY KEY,
    request BLOB NOT NULL,
    answer INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE idempotency_answer(
    seq INTEGER PRIMARY KEY,
    key BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    status INTEGER NOT NULL,
    location TEXT NOT NULL,
    body TEXT NOT NULL
) STRICT;
)sql",
     nullptr},
};

std::string_view view(const ShortDigest& digest) {
    return {digest.data(), digest.size()};
}

ShortDigest shorten(const Digest& digest) {
    ShortDigest out;
    digest.view().copy(out.data(), out.size());
    return out;
}

bool is_visible(char c) {
    return c > 0x20 && c < 0x7F;
}

std::unexpected<Error> bad_key() {
    return fail(ErrorCode::InvalidInput, "Idempotency-Key must be 1 to 255 visible ASCII characters, bare or quoted");
}

// Takes quotes and escapes off; RFC 8941 §4.2.5.
Result<std::string> unquote(std::string_view field) {
    std::string key;
    std::size_t i = 1;
    for (; i < field.size() && field[i] != '"'; ++i) {
        if (field[i] == '\\') {
            ++i;
            if (i == field.size() || (field[i] != '"' && field[i] != '\\')) return bad_key();
        }
        key += field[i];
    }
    if (i + 1 != field.size()) return bad_key();  // no closing quote, or something behind it
    return key;
}

Result<void> remove_answer(Executor& executor, std::int64_t seq, std::string_view key) {
    GALLEY_TRY_VOID(executor.execute("DELETE FROM idempotency_answer WHERE seq = $1", {seq}));
    GALLEY_TRY_VOID(executor.execute("DELETE FROM idempotency WHERE key = $1 AND answer = $2", {Blob{key}, seq}));
    return {};
}

}  // namespace

// Rows are in order of time: the first that still lives ends the walk.
Result<std::int64_t> remove_dead_answers_in(Executor& executor, Time now, int rows_max) {
    const std::int64_t dead_before = to_unix_ms(now - kIdempotencyLifetime);
    GALLEY_TRY(const store::Rows rows,
               executor.query("SELECT seq, key, created_at FROM idempotency_answer ORDER BY seq LIMIT $1", {rows_max}));
    std::int64_t removed = 0;
    for (std::size_t i = 0; i < rows.size() && rows[i].integer(2) < dead_before; ++i, ++removed) {
        GALLEY_TRY_VOID(remove_answer(executor, rows[i].integer(0), rows[i].blob(1)));
    }
    return removed;
}

Result<std::string> parse_idempotency_key(std::string_view field) {
    std::string key(field);
    if (field.starts_with('"')) {
        GALLEY_TRY(key, unquote(field));
    }
    if (key.empty() || key.size() > kIdempotencyKeyBytesMax) return bad_key();
    for (const char c : key)
        if (!is_visible(c)) return bad_key();
    return key;
}

IdempotentRequest make_idempotent_request(std::string_view caller, std::string_view key, const net::Request& request,
                                          Time now) {
    Sha256 whole;
    whole.update(net::method_name(request.method));
    whole.update("\n");
    whole.update(request.target);
    whole.update("\n");
    whole.update(request.body);
    return {.key = shorten(sha256(std::string(caller) + '\n' + std::string(key))),
            .request = shorten(whole.finish()),
            .now = now};
}

Result<std::optional<IdempotentRequest>> idempotent_request(const Call& call) {
    const net::Request& request = call.request();
    std::optional<std::string_view> field;
    for (const net::HeaderField& header : request.fields) {
        if (!net::equal_ignoring_case(header.name, "idempotency-key")) continue;
        if (field) return fail(ErrorCode::InvalidInput, "Idempotency-Key is given twice");
        field = header.value;
    }
    if (!field) return std::optional<IdempotentRequest>();
    GALLEY_TRY(const std::string key, parse_idempotency_key(*field));
    return std::optional(make_idempotent_request(call.caller().email, key, request, call.services().clock.now()));
}

Result<std::optional<KeptAnswer>> find_answer_in(Executor& executor, const IdempotentRequest& request) {
    GALLEY_TRY(const store::Rows rows,
               executor.query("SELECT k.request, a.seq, a.created_at, a.status, a.location, a.body FROM idempotency k "
                              "JOIN idempotency_answer a ON a.seq = k.answer WHERE k.key = $1",
                              {Blob{view(request.key)}}));
    if (rows.empty()) return std::optional<KeptAnswer>();
    const Row& row = rows[0];
    if (row.integer(2) < to_unix_ms(request.now - kIdempotencyLifetime)) {
        GALLEY_TRY_VOID(remove_answer(executor, row.integer(1), view(request.key)));
        return std::optional<KeptAnswer>();
    }
    if (row.blob(0) != view(request.request)) {
        return fail(ErrorCode::Unsupported, "this Idempotency-Key was used with another request");
    }
    return std::optional(
        KeptAnswer{static_cast<int>(row.integer(3)), std::string(row.text(4)), std::string(row.text(5))});
}

Result<void> keep_answer_in(Executor& executor, const IdempotentRequest& request, const KeptAnswer& answer) {
    if (answer.body.size() > kKeptAnswerBytesMax) {
        return fail(ErrorCode::LimitExceeded, "the answer is too large to be kept for an Idempotency-Key");
    }
    GALLEY_TRY_VOID(remove_dead_answers_in(executor, request.now, kPrunedAtOnce));
    std::int64_t seq = 0;
    GALLEY_TRY_VOID(executor.each(
        "INSERT INTO idempotency_answer (key, created_at, status, location, body) VALUES ($1, $2, $3, $4, $5) "
        "RETURNING seq",
        {Blob{view(request.key)}, to_unix_ms(request.now), answer.status, answer.location, answer.body},
        [&](const Row& row) -> Result<void> {
            seq = row.integer(0);
            return {};
        }));
    GALLEY_TRY_VOID(executor.execute("INSERT INTO idempotency (key, request, answer) VALUES ($1, $2, $3)",
                                     {Blob{view(request.key)}, Blob{view(request.request)}, seq}));
    return {};
}

store::Component idempotency_schema() {
    return {"idempotency", kMigrations};
}

}  // namespace galley::api
