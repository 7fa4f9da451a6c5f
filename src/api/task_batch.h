// src/api/task_batch.h — the body of POST /tasks/batch: tasks that may name each other as parents.
//
// Shape    an element with "ref": "a" is named "ref:a" in the parents and before of others, whatever their order.
//          read_batch() puts the tasks in an order in which all come after those they name; enqueue() makes them, all
//          or none, and gives their TaskRefs in the order of the request.
// Errors   InvalidInput with a pointer: an unknown or repeated ref, a task that waits for itself.
// Limits   tasks::kTaskBatchMax tasks, kEdgesMax names between them.
// Source   R51, R55.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "api/call.h"
#include "tasks/engine.h"

namespace galley::api {

class TaskBatch {
 public:
    static constexpr std::size_t kEdgesMax = 100'000;

    static Result<TaskBatch> read(const Call& call, const codec::JsonValue& list);
    // On the writer thread.
    Result<std::vector<tasks::TaskRef>> enqueue(tasks::TaskEngine& engine, store::Executor& executor) const;

 private:
    // tasks[element].parents[place] (or before[place]) is the id of the task of element `named`.
    struct Name {
        std::size_t place;
        std::size_t named;
    };
    struct Element {
        tasks::NewTask task;
        std::string ref{};
        std::vector<Name> parents{};
        std::vector<Name> before{};
    };

    Result<void> resolve();
    Result<void> put_in_order();

    std::vector<Element> elements_;
    std::vector<std::size_t> order_;
};

}  // namespace galley::api
