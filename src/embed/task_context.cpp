#include "embed/task_context.h"

#include <algorithm>
#include <exception>

#include "base/log.h"
#include "codec/json.h"
#include "codec/json_writer.h"
#include "codec/url.h"
#include "embed/json_access.h"

namespace galley::embed {

namespace {

using tasks::Outcome;

Outcome from_failure(const Failure& failure) {
    std::string text = clean_utf8(failure.what());
    if (failure.code() == error_code_name(ErrorCode::Unavailable)) return Outcome::retry(std::move(text));
    return Outcome::fail(std::move(text));
}

// What is said here counts only when nobody asked the handler to stop: the engine knows why it did.
Outcome from_stop(tasks::TaskContext& task) {
    if (task.stop_reason() == tasks::StopReason::Cancelled) return Outcome::cancel();
    return Outcome::retry("stopped before its end");
}

struct ToOutcome {
    Outcome operator()(std::string&& json) const {
        if (json.size() > tasks::kTaskInputBytesMax)
            return Outcome::fail("the result has " + std::to_string(json.size()) + " bytes; at most " +
                                 std::to_string(tasks::kTaskInputBytesMax) + " are taken");
        return Outcome::done(std::move(json));
    }
    Outcome operator()(Retry&& end) const {
        std::string reason = clean_utf8(end.reason);
        if (!end.after) return Outcome::retry(std::move(reason));
        return Outcome::retry_in(std::move(reason), std::clamp(*end.after, Duration(1), kDelayMax));
    }
    Outcome operator()(Fail&& end) const {
        const std::string where = end.where.empty() ? "" : " (at " + clean_utf8(end.where) + ')';
        return Outcome::fail(clean_utf8(end.reason) + where);
    }
    Outcome operator()(Snooze&& end) const { return Outcome::snooze(std::clamp(end.delay, Duration(0), kDelayMax)); }
    Outcome operator()(Cancel&& end) const { return Outcome::cancel(clean_utf8(end.reason)); }

    static constexpr Duration kDelayMax = std::chrono::hours(24 * 366);
};

Outcome from_unknown(tasks::TaskContext& task, std::string what) {
    log(LogLevel::Warning, "handler_threw",
        {{"task_id", task.task().id}, {"task_type", task.task().kind}, {"what", what}});
    return Outcome::retry(std::move(what));
}

// The handler of a thrown end: it is rethrown here so that the list of what may come stands in one place.
Outcome from_exception(tasks::TaskContext& task) {
    try {
        throw;
    } catch (const Stopped&) {
        return from_stop(task);
    } catch (Retry& end) {
        return ToOutcome{}(std::move(end));
    } catch (Fail& end) {
        return ToOutcome{}(std::move(end));
    } catch (Snooze& end) {
        return ToOutcome{}(std::move(end));
    } catch (Cancel& end) {
        return ToOutcome{}(std::move(end));
    } catch (const Failure& failure) {
        return from_failure(failure);
    } catch (const std::exception& exception) {
        return from_unknown(task, clean_utf8(exception.what()));
    } catch (...) {
        return from_unknown(task, "the handler threw something that is no std::exception");
    }
}

}  // namespace

void throw_failure(const Error& error) {
    std::string message = error.message;
    for (const FieldError& field : error.fields) message += "; " + field.pointer + ": " + field.message;
    throw Failure(std::string(error_code_name(error.code)), message, error.where);
}

Outcome run_handler(const detail::ErasedHandler& handler, tasks::TaskContext& task) {
    EmbeddedContext context(task);
    try {
        return std::visit(ToOutcome{}, handler(context, task.input()));
    } catch (...) {
        return from_exception(task);
    }
}

StopReason EmbeddedContext::stop_reason() const {
    switch (task_.stop_reason()) {
        case tasks::StopReason::Cancelled:
            return StopReason::Cancelled;
        case tasks::StopReason::TimedOut:
            return StopReason::TimedOut;
        case tasks::StopReason::ShuttingDown:
            return StopReason::ShuttingDown;
        default:
            return StopReason::None;
    }
}

void EmbeddedContext::progress(int percent, std::string_view message) {
    task_.progress(percent, clean_utf8(message));
}

void EmbeddedContext::log(std::string_view line) {
    task_.log(clean_utf8(line));
}

std::optional<std::string> EmbeddedContext::cursor() const {
    return saved().cursor;
}

void EmbeddedContext::save_cursor(std::string_view text) {
    if (!codec::is_utf8(text)) throw Failure("invalid_input", "a cursor is UTF-8 text");
    Saved changed = saved();
    changed.cursor = text;
    store(std::move(changed));
}

std::optional<std::string> EmbeddedContext::find_step(std::string_view name) const {
    const auto found = saved().steps.find(name);
    return found == saved().steps.end() ? std::nullopt : std::optional(found->second);
}

void EmbeddedContext::save_step(std::string_view name, std::string_view json) {
    if (!codec::is_utf8(name)) throw Failure("invalid_input", "a step's name is UTF-8 text");
    Saved changed = saved();
    changed.steps.insert_or_assign(std::string(name), std::string(json));
    store(std::move(changed));
}

std::string EmbeddedContext::to_text(const Saved& saved) {
    std::string text;
    codec::JsonWriter json(text);
    json.begin_object();
    if (saved.cursor) json.field("cursor", *saved.cursor);
    json.key("steps");
    json.begin_object();
    for (const auto& [name, result] : saved.steps) json.raw_field(name, result);
    json.end_object();
    json.end_object();
    return text;
}

EmbeddedContext::Saved EmbeddedContext::from_text(std::string_view text) {
    Saved saved;
    const Result<codec::JsonDocument> document = codec::JsonDocument::parse(text);
    if (!document) throw_failure(document.error());
    const auto cursor = document->root().find("cursor");
    if (cursor && cursor->is_string()) saved.cursor = cursor->string();
    const auto steps = document->root().find("steps");
    if (!steps || !steps->is_object()) return saved;
    for (const auto& [name, result] : steps->members()) saved.steps.emplace(name, result.to_json());
    return saved;
}

EmbeddedContext::Saved& EmbeddedContext::saved() const {
    if (saved_) return *saved_;
    const Result<std::optional<std::string>> stored = task_.cursor();
    if (!stored) throw_failure(stored.error());
    saved_ = *stored ? from_text(**stored) : Saved{};
    return *saved_;
}

void EmbeddedContext::store(Saved changed) {
    const Result<void> stored = task_.save_cursor(to_text(changed));
    if (!stored && stored.error().code == ErrorCode::Conflict) throw Stopped{};
    if (!stored) throw_failure(stored.error());
    saved_ = std::move(changed);
}

}  // namespace galley::embed
