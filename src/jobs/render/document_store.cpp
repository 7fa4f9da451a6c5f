#include "jobs/render/document_store.h"

#include "base/log.h"

namespace galley::jobs {

using store::Blob;
using store::Executor;
using store::Row;

namespace {

// document_order: one row a document that somebody holds. body: the order; NULL when it is in a file. report: NULL
// until the document was made. document_holder.became: of an order that needs the web, the document that its holder
// got.
constexpr store::Migration kMigrations[] = {
    {1, "documents that were asked for", R"sql(
CREATE TABLE document_order (
    hash BLOB PRIMARY KEY,
    body BLOB,
    body_bytes INTEGER NOT NULL,
    file_size INTEGER NOT NULL DEFAULT 0,
    report TEXT,
    created_at INTEGER NOT NULL,
    completed_at INTEGER
);
CREATE TABLE document_holder (
    hash BLOB NOT NULL,
    holder TEXT NOT NULL,
    name TEXT NOT NULL,
    task_id TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (hash, holder)
) WITHOUT ROWID;
)sql",
     nullptr},
    {2, "holds by age", "CREATE INDEX document_holder_age ON document_holder (created_at);", nullptr},
    {3, "what a document from the web became", R"sql(
ALTER TABLE document_holder ADD COLUMN became BLOB;
CREATE INDEX document_holder_became ON document_holder (became) WHERE became IS NOT NULL;
)sql",
     nullptr},
};

std::unexpected<Error> no_such_document() {
    return fail(ErrorCode::NotFound, "no such document");
}

struct Held {
    Digest hash;
    std::string holder;
};

// Of a question its answers, of an answer its questions.
Result<std::vector<Held>> other_halves(Executor& executor, const Digest& hash, std::optional<std::string_view> holder) {
    std::vector<Held> found;
    GALLEY_TRY_VOID(executor.each(
        "SELECT became, holder FROM document_holder WHERE hash = $1 AND ($2 IS NULL OR holder = $2) "
        "AND became IS NOT NULL "
        "UNION SELECT hash, holder FROM document_holder WHERE became = $1 AND ($2 IS NULL OR holder = $2)",
        {Blob{hash.view()}, holder}, [&found](const Row& row) -> Result<void> {
            found.push_back({digest_from_bytes(row.blob(0)), std::string(row.text(1))});
            return {};
        }));
    return found;
}

// With the last hold goes the document.
Result<void> end_holds_in(Executor& executor, const Digest& hash, std::optional<std::string_view> holder, LetGo& out) {
    const Blob key{hash.view()};
    GALLEY_TRY(
        const std::int64_t removed,
        executor.execute("DELETE FROM document_holder WHERE hash = $1 AND ($2 IS NULL OR holder = $2)", {key, holder}));
    if (removed == 0) return {};
    out.holds += removed;
    GALLEY_TRY(const std::int64_t last, executor.execute("DELETE FROM document_order WHERE hash = $1 AND NOT EXISTS "
                                                         "(SELECT 1 FROM document_holder WHERE hash = $1)",
                                                         {key}));
    if (last > 0) out.last.push_back(hash);
    return {};
}

StoredDocument read_document(const Row& row) {
    StoredDocument document;
    document.hash = digest_from_bytes(row.blob(6));
    document.name = row.text(0);
    document.task_id = row.text(1);
    document.created_at = from_unix_ms(row.integer(2));
    document.file_size = row.integer(3);
    if (!row.is_null(4)) document.completed_at = from_unix_ms(row.integer(4));
    document.report = row.optional_text(5);
    return document;
}

}  // namespace

store::Component document_schema() {
    return {"documents", kMigrations};
}

Result<std::unique_ptr<DocumentStore>> DocumentStore::open(store::Database& database, os::Files& files,
                                                           const std::string& folder) {
    GALLEY_TRY(std::unique_ptr<OrderFiles> order_files, OrderFiles::open(folder, files));
    std::unique_ptr<DocumentStore> store(new DocumentStore(database, std::move(order_files)));
    GALLEY_TRY(const std::size_t removed,
               store->files_->sweep([&store](const Digest& hash) { return store->is_in_file(hash); }));
    if (removed > 0) log(LogLevel::Info, "order_files_swept", {{"removed", removed}});
    return store;
}

Result<KeptOrder> DocumentStore::keep(const Digest& hash, std::string_view encoded_order) {
    KeptOrder kept{.hash = hash, .bytes = encoded_order.size()};
    if (encoded_order.size() <= kInlineOrderBytesMax) {
        kept.inline_body = encoded_order;
        return kept;
    }
    GALLEY_TRY(kept.file, files_->put(hash, encoded_order));
    return kept;
}

Result<void> DocumentStore::hold_in(Executor& executor, const KeptOrder& order, const Hold& hold) const {
    const Blob hash{order.hash.view()};
    const std::int64_t now = to_unix_ms(hold.now);
    const store::Value body = order.file ? store::Value(nullptr) : store::Value(Blob{order.inline_body});
    GALLEY_TRY_VOID(
        executor.execute("INSERT INTO document_order (hash, body, body_bytes, created_at) VALUES ($1, $2, $3, $4) "
                         "ON CONFLICT (hash) DO NOTHING",
                         {hash, body, order.bytes, now}));
    GALLEY_TRY_VOID(executor.execute(
        "INSERT INTO document_holder (hash, holder, name, task_id, created_at) VALUES ($1, $2, $3, $4, $5) "
        "ON CONFLICT (hash, holder) DO UPDATE SET name = excluded.name, task_id = excluded.task_id, "
        "created_at = excluded.created_at, became = NULL",
        {hash, hold.holder, hold.name, hold.task_id, now}));
    return {};
}

Result<void> DocumentStore::complete_in(Executor& executor, const Digest& hash, std::int64_t file_size,
                                        std::string_view report, Time now) const {
    GALLEY_TRY_VOID(executor.execute(
        "UPDATE document_order SET file_size = $2, report = $3, completed_at = coalesce(completed_at, $4) "
        "WHERE hash = $1",
        {Blob{hash.view()}, file_size, report, to_unix_ms(now)}));
    return {};
}

Result<void> DocumentStore::became_in(Executor& executor, const Became& became) const {
    const Blob asked{became.asked.view()};
    std::optional<std::string> name;
    GALLEY_TRY_VOID(executor.each("SELECT name FROM document_holder WHERE hash = $1 AND holder = $2",
                                  {asked, became.holder}, [&name](const Row& row) -> Result<void> {
                                      name = row.text(0);
                                      return {};
                                  }));
    if (!name) return {};
    GALLEY_TRY_VOID(hold_in(executor, became.order,
                            {.holder = became.holder, .name = *name, .task_id = became.task_id, .now = became.now}));
    GALLEY_TRY_VOID(complete_in(executor, became.order.hash, became.file_size, became.report, became.now));
    GALLEY_TRY_VOID(executor.execute("UPDATE document_holder SET became = $3 WHERE hash = $1 AND holder = $2",
                                     {asked, became.holder, Blob{became.order.hash.view()}}));
    return {};
}

Result<LetGo> DocumentStore::let_go_in(Executor& executor, const Digest& hash,
                                       std::optional<std::string_view> holder) const {
    GALLEY_TRY(const std::vector<Held> others, other_halves(executor, hash, holder));
    LetGo out;
    GALLEY_TRY_VOID(end_holds_in(executor, hash, holder, out));
    if (out.holds == 0) return no_such_document();
    for (const Held& other : others) {
        GALLEY_TRY(const auto another,
                   executor.query_integer("SELECT 1 FROM document_holder WHERE became = $1 AND holder = $2 LIMIT 1",
                                          {Blob{other.hash.view()}, other.holder}));
        if (!another) {
            GALLEY_TRY_VOID(end_holds_in(executor, other.hash, other.holder, out));
        }
    }
    return out;
}

Result<LetGo> DocumentStore::let_go_older_in(Executor& executor, Time before, int holds_max) const {
    std::vector<std::pair<Digest, std::string>> old;
    GALLEY_TRY_VOID(
        executor.each("SELECT hash, holder FROM document_holder WHERE created_at < $1 ORDER BY created_at LIMIT $2",
                      {to_unix_ms(before), holds_max}, [&old](const Row& row) -> Result<void> {
                          const Digest hash = digest_from_bytes(row.blob(0));
                          old.emplace_back(hash, row.text(1));
                          return {};
                      }));
    LetGo out;
    for (const auto& [hash, holder] : old) GALLEY_TRY_VOID(end_holds_in(executor, hash, holder, out));
    return out;
}

Result<void> DocumentStore::order_gone(const Digest& hash) {
    return files_->remove_if_unused(hash, [this](const Digest& asked) { return is_in_file(asked); });
}

Result<bool> DocumentStore::is_in_file(const Digest& hash) const {
    return database_.read([&](Executor& executor) -> Result<bool> {
        GALLEY_TRY(const auto found,
                   executor.query_integer("SELECT 1 FROM document_order WHERE hash = $1 AND body IS NULL",
                                          {Blob{hash.view()}}));
        return found.has_value();
    });
}

bool DocumentStore::is_gone(const Digest& hash) const {
    const Result<bool> there = database_.read([&](Executor& executor) -> Result<bool> {
        GALLEY_TRY(const auto found,
                   executor.query_integer("SELECT 1 FROM document_order WHERE hash = $1", {Blob{hash.view()}}));
        return found.has_value();
    });
    return there && !*there;
}

Result<Bytes> DocumentStore::order(const Digest& hash) const {
    std::optional<Bytes> body;
    bool found = false;
    GALLEY_TRY_VOID(database_.run_read([&](Executor& executor) {
        return executor.each("SELECT body FROM document_order WHERE hash = $1", {Blob{hash.view()}},
                             [&](const Row& row) -> Result<void> {
                                 found = true;
                                 if (!row.is_null(0)) body = Bytes(row.blob(0));
                                 return {};
                             });
    }));
    if (!found) return no_such_document();
    if (body) return std::move(*body);
    return files_->get(hash, kOrderBytesMax);
}

Result<StoredDocument> DocumentStore::find(const Digest& hash, std::optional<std::string_view> holder) const {
    return database_.read([&](Executor& executor) -> Result<StoredDocument> {
        std::optional<StoredDocument> found;
        GALLEY_TRY_VOID(
            executor.each("SELECT h.name, h.task_id, d.created_at, d.file_size, d.completed_at, d.report, d.hash "
                          "FROM document_holder h JOIN document_order d ON d.hash = coalesce(h.became, h.hash) "
                          "WHERE h.hash = $1 AND ($2 IS NULL OR h.holder = $2) "
                          "ORDER BY h.holder LIMIT 1",
                          {Blob{hash.view()}, holder}, [&](const Row& row) -> Result<void> {
                              found = read_document(row);
                              return {};
                          }));
        if (!found) return no_such_document();
        return std::move(*found);
    });
}

Result<std::optional<std::string>> DocumentStore::report(const Digest& hash) const {
    return database_.read([&](Executor& executor) -> Result<std::optional<std::string>> {
        std::optional<std::string> report;
        GALLEY_TRY_VOID(executor.each("SELECT report FROM document_order WHERE hash = $1", {Blob{hash.view()}},
                                      [&](const Row& row) -> Result<void> {
                                          report = row.optional_text(0);
                                          return {};
                                      }));
        return report;
    });
}

}  // namespace galley::jobs
