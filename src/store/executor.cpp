#include "store/executor.h"

namespace galley::store {

Result<std::int64_t> Executor::execute(Sql sql, std::initializer_list<Value> values) {
    return run(sql, values, nullptr);
}

Result<void> Executor::each(Sql sql, std::initializer_list<Value> values, const RowSink& sink) {
    GALLEY_TRY_VOID(run(sql, values, sink));
    return {};
}

Result<Rows> Executor::query(Sql sql, std::initializer_list<Value> values) {
    Rows rows;
    GALLEY_TRY_VOID(run(sql, values, [&rows](const Row& row) -> Result<void> {
        rows.append(row);
        return {};
    }));
    return rows;
}

Result<std::optional<std::int64_t>> Executor::query_integer(Sql sql, std::initializer_list<Value> values) {
    std::optional<std::int64_t> first;
    GALLEY_TRY_VOID(run(sql, values, [&first](const Row& row) -> Result<void> {
        if (!first) first = row.integer(0);
        return {};
    }));
    return first;
}

}  // namespace galley::store
