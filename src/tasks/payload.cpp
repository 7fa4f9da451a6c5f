// Payloads at rest: inputs, results and cursors of encrypted tasks are sealed before they reach the database.
#include <fmt/format.h>

#include <utility>

#include "tasks/engine_impl.h"
#include "tasks/family_rows.h"

namespace galley::tasks {
namespace {

std::string context_of(TaskSeq seq, int part) {
    constexpr std::string_view kNames[] = {"input", "result", "cursor"};
    return fmt::format("galley task {} {}", seq, kNames[part]);
}

}  // namespace

std::string TaskEngine::Impl::at_rest(const TaskRecord& task, PayloadPart part, std::string text) const {
    if (!task.encrypted) return text;
    return options_.payload_keys.seal(text, context_of(task.seq, static_cast<int>(part)), random_);
}

Result<std::string> TaskEngine::Impl::opened(bool encrypted, TaskSeq seq, PayloadPart part, std::string stored) const {
    if (!encrypted) return stored;
    Result<std::string> plain = options_.payload_keys.open(stored, context_of(seq, static_cast<int>(part)));
    if (plain) return plain;
    return fail(ErrorCode::Internal, fmt::format("the payload cannot be read: {}", plain.error().message));
}

// A task whose result cannot be opened is shown with the reason in its place.
void TaskEngine::Impl::open_result(TaskRecord& task) const {
    if (!task.encrypted || !task.result) return;
    Result<std::string> plain = opened(true, task.seq, PayloadPart::Result, std::move(*task.result));
    task.result.reset();
    if (plain) {
        task.result = std::move(*plain);
    } else {
        task.error = std::move(plain.error().message);
    }
}

// What the handler sees. Unavailable leaves the task waiting, any other error fails it.
Result<void> TaskEngine::Impl::prepare_input(TaskSeed& seed) const {
    std::string stored = std::exchange(seed.input, "null");
    GALLEY_TRY(std::string input, opened(seed.task.encrypted, seed.task.seq, PayloadPart::Input, std::move(stored)));
    if (seed.task.input_from_parents) {
        GALLEY_TRY(input, input_with_parents(seed.task, input));
    }
    seed.input = std::move(input);
    return {};
}

Result<std::optional<std::string>> TaskEngine::Impl::read_cursor(const TaskRecord& task) const {
    GALLEY_TRY(auto stored,
               database_.read([&](store::Executor& executor) { return rows::cursor(executor, task.seq); }));
    if (!stored) return std::nullopt;
    return opened(task.encrypted, task.seq, PayloadPart::Cursor, std::move(*stored));
}

}  // namespace galley::tasks
