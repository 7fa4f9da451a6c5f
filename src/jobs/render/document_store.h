// src/jobs/render/document_store.h — documents that were asked for: what they are made from, who may have them, what is
// told of them.
//
// Shape    a document is named by its order's hash and held by each caller who asked for it: ask twice, hold once. The
//          last holder gone, document and order go; let_go_in() says so, for the cache to forget the PDF. Who asks
//          again makes his hold young again. Small orders lie in their row, larger ones in a file (order_files.h).
//          keep() before the write, hold_in() in it, with what keep() gave alive until the write is durable.
//          An order that needs the web is a question: its document is the one that its holder's last answer made,
//          became_in() says which. find() gives that one; who lets one of them go lets go of both.
// Errors   order: NotFound, Corrupt. find: NotFound, also for who does not hold it. let_go_in: likewise. All:
//          Unavailable. keep: LimitExceeded (disk full).
// Owner    borrows database and files.
// Threads  any; `…_in` inside a write.
// Limits   kInlineOrderBytesMax.
// Source   SPEC R25, R30, R37; docs/decisions/0007-orders-of-documents.md.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/digest.h"
#include "base/error.h"
#include "base/time.h"
#include "jobs/render/order_files.h"
#include "os/files.h"
#include "store/database.h"
#include "store/schema.h"

namespace galley::jobs {

inline constexpr std::size_t kInlineOrderBytesMax = 128u << 10;
inline constexpr std::uint64_t kOrderBytesMax = 1u << 30;
inline constexpr std::size_t kDocumentNameBytesMax = 200;

store::Component document_schema();

struct StoredDocument {
    Digest hash;
    std::string name;     // of the file, for its reader; "" for none
    std::string task_id;  // the last that was to make it, for this holder
    Time created_at{};
    std::int64_t file_size = 0;           // 0 until it was made
    std::optional<Time> completed_at{};   // made for the first time
    std::optional<std::string> report{};  // made_document.h
};

// What a call keeps until its write is durable.
struct KeptOrder {
    Digest hash;
    std::string_view inline_body{};  // of the caller's bytes; empty when it is in a file
    std::size_t bytes = 0;
    OrderFiles::Keeping file{};
};

struct Hold {
    std::string_view holder;
    std::string_view name;
    std::string_view task_id;
    Time now{};
};

struct LetGo {
    std::int64_t holds = 0;
    std::vector<Digest> last{};  // documents that nobody holds any more: order_gone() of each when this is durable
};

// The answer to a question.
struct Became {
    Digest asked;
    std::string_view holder;
    std::string_view task_id;
    const KeptOrder& order;
    std::int64_t file_size;
    std::string_view report;
    Time now{};
};

class DocumentStore {
 public:
    // Makes the folder, and removes files that no row refers to.
    static Result<std::unique_ptr<DocumentStore>> open(store::Database& database, os::Files& files,
                                                       const std::string& folder);

    Result<KeptOrder> keep(const Digest& hash, std::string_view encoded_order);
    Result<void> hold_in(store::Executor& executor, const KeptOrder& order, const Hold& hold) const;
    // Nothing when it was deleted meanwhile.
    Result<void> complete_in(store::Executor& executor, const Digest& hash, std::int64_t file_size,
                             std::string_view report, Time now) const;
    // Nothing when the holder has let go meanwhile.
    Result<void> became_in(store::Executor& executor, const Became& became) const;
    // What `holder` gives up; without one: what all do.
    Result<LetGo> let_go_in(store::Executor& executor, const Digest& hash,
                            std::optional<std::string_view> holder) const;
    // Up to `holds_max` that were last asked for before `before`, the oldest first.
    Result<LetGo> let_go_older_in(store::Executor& executor, Time before, int holds_max) const;
    Result<void> order_gone(const Digest& hash);

    Result<Bytes> order(const Digest& hash) const;
    bool is_gone(const Digest& hash) const;  // false when the database does not answer
    // Of this holder; without one: of anybody. `hash` of the answer, where there is one.
    Result<StoredDocument> find(const Digest& hash, std::optional<std::string_view> holder) const;
    Result<std::optional<std::string>> report(const Digest& hash) const;

 private:
    DocumentStore(store::Database& database, std::unique_ptr<OrderFiles> files)
        : database_(database), files_(std::move(files)) {}
    Result<bool> is_in_file(const Digest& hash) const;

    store::Database& database_;
    std::unique_ptr<OrderFiles> files_;
};

}  // namespace galley::jobs
