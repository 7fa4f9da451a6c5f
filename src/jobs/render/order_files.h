// src/jobs/render/order_files.h — the orders that are too large for the database: one file each, named by its hash.
//
// Shape    put(hash, bytes) → a Keeping: the file is whole and durable, and stays while the Keeping lives. Whoever then
//          writes a row that refers to it is free to let the Keeping go. remove_if_unused(hash, is_referred_to) after
//          such a row went.
// Errors   put: LimitExceeded (disk full), Unavailable; nothing visible is left behind. get: NotFound, Corrupt (its
//          bytes are not what its name says), Unavailable.
// Owner    borrows `files`. One process owns the folder.
// Threads  any.
// Source   docs/formats/order.md, docs/decisions/0007-orders-of-documents.md.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/digest.h"
#include "base/error.h"
#include "base/mutex.h"
#include "os/files.h"

namespace galley::jobs {

class OrderFiles {
 public:
    using Keeping = std::shared_ptr<void>;
    // Asked with a hash: does a row of the database need this file?
    using IsReferredTo = std::function<Result<bool>(const Digest&)>;

    static Result<std::unique_ptr<OrderFiles>> open(std::string folder, os::Files& files);

    Result<Keeping> put(const Digest& hash, std::string_view bytes);
    Result<Bytes> get(const Digest& hash, std::uint64_t bytes_max) const;
    Result<void> remove_if_unused(const Digest& hash, const IsReferredTo& is_referred_to);
    // What a crash left between a file and its row, or a row's end and its file's; gives how many went.
    Result<std::size_t> sweep(const IsReferredTo& is_referred_to);

 private:
    OrderFiles(std::string folder, os::Files& files) : folder_(std::move(folder)), files_(files) {}
    std::string path_of(const Digest& hash) const { return folder_ + "/" + hash.hex() + ".order"; }
    Keeping keep(const Digest& hash);
    Result<void> write(const Digest& hash, std::string_view bytes);

    const std::string folder_;
    os::Files& files_;
    Mutex mutex_;
    std::map<Digest, int> kept_ GALLEY_GUARDED_BY(mutex_);
};

}  // namespace galley::jobs
