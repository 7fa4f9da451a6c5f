#include "app/worker_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdio>
#include <list>
#include <thread>

#include "app/commands.h"
#include "app/worker_program.h"
#include "base/digest.h"
#include "base/mutex.h"
#include "base/version.h"
#include "codec/json_writer.h"
#include "codec/url.h"
#include "os/child_process.h"
#include "os/clock.h"
#include "os/process.h"
#include "os/random.h"
#include "os/signals.h"

namespace galley::app {

namespace {

constexpr int kLeaseWaitSeconds = 20;
constexpr int kReportTriesMax = 60;
constexpr Duration kPauseFirst{250};
constexpr Duration kPauseMax{10'000};
constexpr Duration kProgressEvery{250};
// The server looks after a second whether who waits for a lease is still there; who leaves before may be handed a task.
constexpr Duration kLeaveAfter{1'200};

struct Held {
    std::string id;
    std::int64_t attempt = 0;
    TaskFate fate = TaskFate::Running;
    std::stop_source stop{};
    std::optional<ProgressDirective> progress{};  // not yet told
    std::vector<std::string> log{};               // likewise
    bool telling = false;                         // some of them are on their way: the end comes after them

    bool has_news() const { return progress.has_value() || !log.empty(); }
};
using HeldAt = std::list<Held>::iterator;

std::string made_up_name() {
    std::array<std::uint8_t, 4> bytes{};
    os::system_random().fill(bytes);
    const std::string tag = hex_encode({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
    return fmt::format("galley-{}-{}", os::process_id(), tag);
}

// The last that the server keeps.
void add_lines(std::vector<std::string>& log, std::vector<std::string> lines) {
    log.insert(log.end(), std::make_move_iterator(lines.begin()), std::make_move_iterator(lines.end()));
    if (log.size() > tasks::kLogLinesMax) {
        log.erase(log.begin(), log.end() - static_cast<std::ptrdiff_t>(tasks::kLogLinesMax));
    }
}

std::string log_member(const std::vector<std::string>& lines) {
    std::string member = R"("log":[)";
    for (const std::string& line : lines) {
        if (member.back() != '[') member += ',';
        codec::append_json_string(member, line);
    }
    return member + ']';
}

void append_log(std::string& members, const std::vector<std::string>& lines) {
    if (lines.empty()) return;
    if (!members.empty()) members += ',';
    members += log_member(lines);
}

std::string progress_members(const Held& held) {
    std::string members = fmt::format(R"("percent":{})", held.progress->percent);
    if (!held.progress->message.empty()) {
        members += R"(,"message":)";
        codec::append_json_string(members, held.progress->message);
    }
    append_log(members, held.log);
    return members;
}

// Nothing that waiting mends.
bool is_final(const Error& error) {
    return error.code != ErrorCode::Unavailable && error.code != ErrorCode::DeadlineExceeded;
}

std::string text_of(const codec::JsonValue& task, std::string_view member) {
    const auto value = task.find(member);
    if (!value) return {};
    return value->is_string() ? std::string(value->string()) : value->to_json();
}

double number_of(const codec::JsonValue& object, std::string_view member, double otherwise) {
    const auto value = object.find(member);
    return value && value->is_number() ? value->number() : otherwise;
}

// Ours without what is Galley's: a program has no use for the token or other secrets.
std::map<std::string, std::string> environment_for(const codec::JsonValue& task) {
    std::map<std::string, std::string> environment = os::environment();
    std::erase_if(environment, [](const auto& variable) { return variable.first.starts_with("GALLEY_"); });
    constexpr std::pair<const char*, const char*> kTold[] = {{"GALLEY_TASK_ID", "task_id"},
                                                             {"GALLEY_TASK_TYPE", "task_type"},
                                                             {"GALLEY_QUEUE", "queue"},
                                                             {"GALLEY_ATTEMPT", "attempt"},
                                                             {"GALLEY_MAX_ATTEMPTS", "max_attempts"},
                                                             {"GALLEY_TIMEOUT_SECONDS", "timeout_seconds"},
                                                             {"GALLEY_CREATED_BY", "created_by"},
                                                             {"GALLEY_CORRELATION_ID", "correlation_id"}};
    for (const auto& [variable, member] : kTold) environment[variable] = text_of(task, member);
    return environment;
}

class WorkerRun {
 public:
    explicit WorkerRun(const WorkerOptions& options)
        : options_(options), name_(options.name.empty() ? made_up_name() : options.name) {
        heartbeat_ = Duration(options.lease_seconds * 200);
    }

    // What still waits in a long poll is left to the process's end.
    int run() {
        os::block_signals();
        std::thread([this] { listen_for_signals(); }).detach();
        std::thread([this] { report_life(); }).detach();
        {
            MutexLock lock(mutex_);
            slots_ = options_.slots;
        }
        fmt::print(stderr, "galley: worker {} serves {}\n", name_, fmt::join(options_.kinds, ", "));
        for (int i = 0; i < options_.slots; ++i) std::thread([this] { slot(); }).detach();
        return wait_for_end();
    }

 private:
    int wait_for_end() {
        MutexLock lock(mutex_);
        while (slots_ > 0 && !(stopping_ && held_.empty())) {
            if (!stopping_ || !put_back_at_) {
                changed_.wait(lock);
            } else if (!changed_.wait_until(lock, *put_back_at_)) {
                put_back();
            }
        }
        while (slots_ > 0 && changed_.wait_until(lock, last_lease_ + kLeaveAfter)) {
        }
        while (!held_.empty()) changed_.wait(lock);  // came meanwhile, and is put back
        return fault_ ? report(*fault_) : 0;
    }

    void put_back() GALLEY_REQUIRES(mutex_) {
        put_back_at_.reset();
        for (Held& held : held_) end_with(held, TaskFate::PutBack);
    }

    static void end_with(Held& held, TaskFate fate) {
        if (held.fate != TaskFate::Running) return;
        held.fate = fate;
        held.stop.request_stop();
    }

    // The first signal lets what runs finish for the grace time, the second does not.
    void listen_for_signals() {
        for (bool first = true;;) {
            if (os::wait_for_signal() != os::Signal::Stop) continue;
            MutexLock lock(mutex_);
            stopping_ = true;
            const Duration grace = std::chrono::seconds(first ? options_.grace_seconds : 0);
            put_back_at_ = os::system_clock().monotonic() + grace;
            hurry_ = !std::exchange(first, false);
            changed_.notify_all();
        }
    }

    void give_up(const Error& error) {
        MutexLock lock(mutex_);
        if (!fault_) fault_ = error;
        stopping_ = true;
        if (!put_back_at_) put_back_at_ = os::system_clock().monotonic();
        changed_.notify_all();
    }

    // False: stop now.
    bool pause(Duration time) {
        const MonotonicTime until = os::system_clock().monotonic() + time;
        MutexLock lock(mutex_);
        while (!stopping_) {
            if (!changed_.wait_until(lock, until)) return true;
        }
        return false;
    }

    bool begins_lease() {
        MutexLock lock(mutex_);
        last_lease_ = os::system_clock().monotonic();
        return !stopping_;
    }

    void slot() {
        Duration wait = kPauseFirst;
        while (begins_lease()) {
            const Result<codec::JsonDocument> answer =
                ask_server(options_.remote, "POST", "/api/v1/worker/lease", lease_body());
            if (!answer) {
                if (is_final(answer.error())) give_up(answer.error());
                fmt::print(stderr, "galley: {}\n", answer.error().to_string());
                if (!pause(wait)) break;
                wait = std::min(wait * 2, kPauseMax);
                continue;
            }
            wait = kPauseFirst;
            if (!serve(answer->root()) && options_.drain) break;
        }
        MutexLock lock(mutex_);
        --slots_;
        changed_.notify_all();
    }

    std::string lease_body() const {
        std::string body;
        codec::JsonWriter json(body);
        json.begin_object();
        json.field("worker", name_);
        for (const auto& [member, texts] :
             {std::pair("kinds", &options_.kinds), std::pair("queues", &options_.queues)}) {
            if (texts->empty()) continue;
            json.key(member);
            json.begin_array();
            for (const std::string& text : *texts) json.value(text);
            json.end_array();
        }
        json.field("lease_seconds", options_.lease_seconds);
        json.field("wait_seconds", options_.drain ? 0 : kLeaseWaitSeconds);
        json.field("client", std::string("galley-worker/") + kVersion);
        json.end_object();
        return body;
    }

    // False when nothing was ready.
    bool serve(const codec::JsonValue& lease) {
        const auto tasks = lease.find("tasks");
        if (!tasks || !tasks->is_array() || tasks->size() == 0) return false;
        for (const codec::JsonValue& task : tasks->elements()) work(task, hold(task));
        return true;
    }

    // A task that comes when the worker stops is put back before it begins.
    HeldAt hold(const codec::JsonValue& task) {
        MutexLock lock(mutex_);
        held_.push_back(
            {.id = text_of(task, "task_id"), .attempt = static_cast<std::int64_t>(number_of(task, "attempt", 1))});
        if (stopping_) end_with(held_.back(), TaskFate::PutBack);
        changed_.notify_all();
        return std::prev(held_.end());
    }

    void work(const codec::JsonValue& task, HeldAt held) {
        ProgramVoice voice;
        std::optional<WorkerReport> outcome;
        if (held->stop.stop_requested()) {
            outcome = WorkerReport{.call = "release", .members = {}};
        } else if (const Result<os::ProgramEnd> end = run_program_for(task, *held, voice)) {
            outcome = report_of(*end, voice, fate_of(*held));
        } else {
            outcome = WorkerReport{.call = "release", .members = {}};
            give_up(end.error());
        }
        if (outcome) {
            append_log(outcome->members, rest_of_log(*held));
            tell(*held, *outcome);
        }
        MutexLock lock(mutex_);
        held_.erase(held);
        changed_.notify_all();
    }

    std::vector<std::string> rest_of_log(Held& held) {
        MutexLock lock(mutex_);
        while (held.telling) changed_.wait(lock);
        return std::exchange(held.log, {});
    }

    TaskFate fate_of(const Held& held) {
        MutexLock lock(mutex_);
        return held.fate;
    }

    Result<os::ProgramEnd> run_program_for(const codec::JsonValue& task, Held& held, ProgramVoice& voice) {
        const auto input = task.find("input");
        const std::string text = input ? input->to_json() : "null";
        const auto seconds = std::chrono::duration<double>(number_of(task, "timeout_seconds", 300));
        const os::ProgramOrder order{.arguments = options_.program,
                                     .environment = environment_for(task),
                                     .input = text,
                                     .output_bytes_max = static_cast<std::uint64_t>(options_.output_megabytes_max)
                                                         << 20,
                                     .wall_time = std::chrono::duration_cast<Duration>(seconds),
                                     .grace = std::chrono::seconds(options_.kill_after_seconds),
                                     .stop = held.stop.get_token(),
                                     .on_error_line = [&](std::string_view line) { hear(held, voice, line); }};
        return os::run_program(order);
    }

    void hear(Held& held, ProgramVoice& voice, std::string_view line) {
        if (!voice.hear(line)) return fmt::print(stderr, "{} | {}\n", held.id, line);
        auto progress = voice.take_progress();
        std::vector<std::string> lines = voice.take_log();
        if (!progress && lines.empty()) return;
        MutexLock lock(mutex_);
        const bool first = std::ranges::none_of(held_, &Held::has_news);
        if (progress) held.progress = std::move(progress);
        add_lines(held.log, std::move(lines));
        if (first) changed_.notify_all();
    }

    std::string body_for(const Held& held, const std::string& members) const {
        std::string body = fmt::format(R"({{"worker":"{}","attempt":{})", name_, held.attempt);
        if (!members.empty()) body += ',' + members;
        return body + '}';
    }

    Result<codec::JsonDocument> ask_of(const Held& held, const std::string& call, const std::string& members) const {
        return ask_server(options_.remote, "POST",
                          "/api/v1/worker/tasks/" + codec::percent_encode(held.id) + '/' + call,
                          body_for(held, members));
    }

    // Until the server has heard it. That the attempt is over, or another's, is an answer too.
    void tell(const Held& held, const WorkerReport& outcome) {
        Duration wait = kPauseFirst;
        for (int tries = 0; tries < kReportTriesMax; ++tries) {
            const auto answer = ask_of(held, outcome.call, outcome.members);
            if (answer)
                return fmt::print(stderr, "{} | {}: {}\n", held.id, outcome.call, text_of(answer->root(), "status"));
            fmt::print(stderr, "{} | {}: {}\n", held.id, outcome.call, answer.error().to_string());
            if (is_final(answer.error()) || !pause_anyway(wait)) return;
            wait = std::min(wait * 2, kPauseMax);
        }
    }

    // Also while stopping, unless a second signal came.
    bool pause_anyway(Duration time) {
        const MonotonicTime until = os::system_clock().monotonic() + time;
        MutexLock lock(mutex_);
        for (;;) {
            if (hurry_) return false;
            if (!changed_.wait_until(lock, until)) return true;
        }
    }

    // ---- heartbeats and progress

    void report_life() {
        MonotonicTime next = os::system_clock().monotonic() + heartbeat_;
        for (;;) {
            wait_for_news(next);
            tell_progress();
            const MonotonicTime now = os::system_clock().monotonic();
            if (now < next) continue;
            next = now + heartbeat_;
            send_heartbeat();
        }
    }

    void wait_for_news(MonotonicTime next) {
        MutexLock lock(mutex_);
        while (std::ranges::none_of(held_, &Held::has_news)) {
            if (!changed_.wait_until(lock, next)) return;
        }
        const MonotonicTime soon = os::system_clock().monotonic() + kProgressEvery;  // others' news come along
        while (changed_.wait_until(lock, std::min(soon, next))) {
        }
    }

    void tell_progress() {
        std::vector<Held> news;
        {
            MutexLock lock(mutex_);
            for (Held& held : held_) {
                if (!held.has_news()) continue;
                news.push_back(held);
                held.progress.reset();
                held.log.clear();
                held.telling = true;
            }
        }
        for (Held& told : news) {
            const auto answer = told.progress ? ask_of(told, "progress", progress_members(told))
                                              : ask_of(told, "heartbeat", log_member(told.log));
            note_told(told, answer.has_value());
            const auto cancelled = answer ? answer->root().find("cancelled") : std::nullopt;
            if (cancelled && cancelled->type() == codec::JsonType::Bool && cancelled->boolean())
                end_task(told.id, TaskFate::Cancelled);
        }
    }

    // What did not arrive goes again, or with the end.
    void note_told(Held& told, bool heard) {
        MutexLock lock(mutex_);
        const auto held = std::ranges::find_if(
            held_, [&](const Held& one) { return one.id == told.id && one.attempt == told.attempt; });
        if (held == held_.end()) return;
        held->telling = false;
        if (!heard) {
            add_lines(told.log, std::move(held->log));
            held->log = std::move(told.log);
        }
        changed_.notify_all();
    }

    void send_heartbeat() {
        std::string tasks;
        {
            MutexLock lock(mutex_);
            for (const Held& held : held_) {
                if (!tasks.empty()) tasks += ',';
                tasks += fmt::format(R"({{"task_id":"{}","attempt":{}}})", held.id, held.attempt);
            }
        }
        if (tasks.empty()) return;
        const auto answer = ask_server(options_.remote, "POST", "/api/v1/worker/heartbeat",
                                       fmt::format(R"({{"worker":"{}","tasks":[{}]}})", name_, tasks));
        if (!answer) return;
        for (const auto& [member, fate] :
             {std::pair("cancelled", TaskFate::Cancelled), std::pair("lost", TaskFate::Lost)}) {
            const auto ids = answer->root().find(member);
            if (!ids || !ids->is_array()) continue;
            for (const codec::JsonValue& id : ids->elements())
                if (id.is_string()) end_task(id.string(), fate);
        }
    }

    void end_task(std::string_view id, TaskFate fate) {
        MutexLock lock(mutex_);
        const auto held = std::ranges::find(held_, id, &Held::id);
        if (held != held_.end()) end_with(*held, fate);
    }

    const WorkerOptions& options_;
    const std::string name_;
    Duration heartbeat_{};
    Mutex mutex_;
    CondVar changed_;
    int slots_ GALLEY_GUARDED_BY(mutex_) = 0;
    MonotonicTime last_lease_ GALLEY_GUARDED_BY(mutex_){};
    bool stopping_ GALLEY_GUARDED_BY(mutex_) = false;
    bool hurry_ GALLEY_GUARDED_BY(mutex_) = false;  // no report is tried twice any more
    std::optional<MonotonicTime> put_back_at_ GALLEY_GUARDED_BY(mutex_);
    std::optional<Error> fault_ GALLEY_GUARDED_BY(mutex_);
    std::list<Held> held_ GALLEY_GUARDED_BY(mutex_);
};

}  // namespace

int run_worker(const WorkerOptions& options) {
    static WorkerRun* run = new WorkerRun(options);  // its threads use it to the process's end
    const int code = run->run();
    std::fflush(nullptr);
    os::end_this_process(code);
}

}  // namespace galley::app
