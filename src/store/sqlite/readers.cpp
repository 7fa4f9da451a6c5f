#include "store/sqlite/readers.h"

namespace galley::store {

Result<void> Readers::with_connection(const std::function<Result<void>(Connection&)>& use) {
    ++reads_;
    GALLEY_TRY(std::unique_ptr<Connection> connection, borrow());
    Result<void> result = use(*connection);
    const bool healthy =
        result || (result.error().code != ErrorCode::Unavailable && result.error().code != ErrorCode::Corrupt);
    give_back(std::move(connection), healthy);
    return result;
}

void Readers::close() {
    MutexLock lock(mutex_);
    closed_ = true;
    changed_.notify_all();
    while (in_use_ > 0) changed_.wait(lock);
    free_.clear();
}

Result<std::unique_ptr<Connection>> Readers::borrow() {
    {
        MutexLock lock(mutex_);
        while (!closed_ && free_.empty() && in_use_ >= connections_max_) changed_.wait(lock);
        if (closed_) return fail(ErrorCode::Unavailable, "the database is closed");
        ++in_use_;
        if (!free_.empty()) {
            std::unique_ptr<Connection> connection = std::move(free_.back());
            free_.pop_back();
            return connection;
        }
    }
    Result<std::unique_ptr<Connection>> opened = Connection::open(options_);
    if (!opened) give_back(nullptr, false);
    return opened;
}

// A connection that saw a failing disk is closed; the next reader opens a fresh one.
void Readers::give_back(std::unique_ptr<Connection> connection, bool healthy) {
    if (!healthy) connection.reset();
    MutexLock lock(mutex_);
    --in_use_;
    if (connection) free_.push_back(std::move(connection));
    changed_.notify_all();
}

}  // namespace galley::store
