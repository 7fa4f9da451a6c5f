#include "api/task_batch.h"

#include <fmt/format.h>

#include <deque>
#include <unordered_map>

#include "api/task_request.h"
#include "codec/object_reader.h"

namespace galley::api {

namespace {

std::string pointer_of(std::size_t element, const char* member = "") {
    return fmt::format("/tasks/{}{}", element, member);
}

}  // namespace

Result<TaskBatch> TaskBatch::read(const Call& call, const codec::JsonValue& list) {
    TaskBatch batch;
    batch.elements_.reserve(list.size());
    for (const codec::JsonValue& value : list.elements()) {
        codec::ObjectReader reader(value, pointer_of(batch.elements_.size()));
        Element element{.task = read_task(reader, call)};
        element.ref = reader.optional_string("ref", {.bytes_min = 1, .bytes_max = kRefBytesMax}).value_or("");
        read_options(reader, call, element.task);
        GALLEY_TRY_VOID(reader.finish());
        batch.elements_.push_back(std::move(element));
    }
    GALLEY_TRY_VOID(batch.resolve());
    GALLEY_TRY_VOID(batch.put_in_order());
    return batch;
}

Result<void> TaskBatch::resolve() {
    std::unordered_map<std::string_view, std::size_t> by_ref;
    for (std::size_t i = 0; i < elements_.size(); ++i) {
        if (elements_[i].ref.empty() || by_ref.emplace(elements_[i].ref, i).second) continue;
        return fail(ErrorCode::InvalidInput, "another task of the batch has this ref", pointer_of(i, "/ref"));
    }
    std::size_t edges = 0;
    const auto find = [&](const std::vector<std::string>& ids, std::size_t element, const char* member,
                          std::vector<Name>& names) -> Result<void> {
        for (std::size_t place = 0; place < ids.size(); ++place) {
            if (!ids[place].starts_with(kBatchRef)) continue;
            const auto named = by_ref.find(std::string_view(ids[place]).substr(kBatchRef.size()));
            if (named == by_ref.end()) {
                return fail(ErrorCode::InvalidInput, "no task of the batch has this ref",
                            fmt::format("{}/{}", pointer_of(element, member), place));
            }
            names.push_back({place, named->second});
            if (++edges > kEdgesMax) {
                return fail(ErrorCode::LimitExceeded, fmt::format("more than {} refs in a batch", kEdgesMax), "/tasks");
            }
        }
        return {};
    };
    for (std::size_t i = 0; i < elements_.size(); ++i) {
        GALLEY_TRY_VOID(find(elements_[i].task.parents, i, "/parents", elements_[i].parents));
        GALLEY_TRY_VOID(find(elements_[i].task.before, i, "/before", elements_[i].before));
    }
    return {};
}

// Kahn's order: those first that name nobody who is not there yet. Both a parent and an open task that is named in
// `before` must be there before the one that names them.
Result<void> TaskBatch::put_in_order() {
    std::vector<std::size_t> left(elements_.size(), 0);
    std::vector<std::vector<std::size_t>> named_by(elements_.size());
    for (std::size_t i = 0; i < elements_.size(); ++i) {
        for (const auto* names : {&elements_[i].parents, &elements_[i].before}) {
            for (const Name& name : *names) named_by[name.named].push_back(i);
            left[i] += names->size();
        }
    }
    std::deque<std::size_t> ready;
    for (std::size_t i = 0; i < left.size(); ++i) {
        if (left[i] == 0) ready.push_back(i);
    }
    for (; !ready.empty(); ready.pop_front()) {
        order_.push_back(ready.front());
        for (const std::size_t next : named_by[ready.front()]) {
            if (--left[next] == 0) ready.push_back(next);
        }
    }
    if (order_.size() == elements_.size()) return {};
    std::size_t stuck = 0;
    while (left[stuck] == 0) ++stuck;
    return fail(ErrorCode::InvalidInput, "waits for itself, by way of the tasks that it names",
                pointer_of(stuck, elements_[stuck].parents.empty() ? "/before" : "/parents"));
}

Result<std::vector<tasks::TaskRef>> TaskBatch::enqueue(tasks::TaskEngine& engine, store::Executor& executor) const {
    std::vector<tasks::TaskRef> refs(elements_.size());
    for (const std::size_t i : order_) {
        const Element& element = elements_[i];
        const bool named = !element.parents.empty() || !element.before.empty();
        tasks::NewTask with_ids = named ? element.task : tasks::NewTask{};
        for (const Name& name : element.parents) with_ids.parents[name.place] = refs[name.named].id;
        for (const Name& name : element.before) with_ids.before[name.place] = refs[name.named].id;
        Result<tasks::TaskRef> ref = engine.enqueue(executor, named ? with_ids : element.task);
        if (!ref) {
            ref.error().where = pointer_of(i) + ref.error().where;
            return std::unexpected(std::move(ref.error()));
        }
        refs[i] = std::move(*ref);
    }
    return refs;
}

}  // namespace galley::api
