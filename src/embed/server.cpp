#include "galley/server.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <future>
#include <shared_mutex>

#include "app/command_line.h"
#include "app/load_settings.h"
#include "app/server_app.h"
#include "base/digest.h"
#include "base/log.h"
#include "embed/task_context.h"
#include "os/clock.h"
#include "os/files.h"
#include "os/random.h"
#include "tasks/outside.h"

namespace galley {

namespace {

using embed::throw_failure;

constexpr Duration kBackoffMax = std::chrono::hours(24);

template <typename Value>
Value take(Result<Value> result) {
    if (!result) throw_failure(result.error());
    return std::move(*result);
}

void check_options(const std::string& name, const KindOptions& options) {
    tasks::OutsideKind kind;  // the same rules as for those that workers declare
    kind.name = name;
    kind.queue = options.queue;
    kind.max_attempts = options.max_attempts;
    kind.timeout = options.timeout;
    if (const Result<void> valid = tasks::validate(kind); !valid) throw_failure(valid.error());
    if (options.backoff_base < Duration(0) || options.backoff_max < options.backoff_base ||
        options.backoff_max > kBackoffMax)
        throw Failure("invalid_input", "backoff_base must be 0 or more, backoff_max that or more, and a day at most");
}

tasks::KindOptions inner_options(std::string name, const KindOptions& options) {
    return {.name = std::move(name),
            .queue = options.queue,
            .max_attempts = options.max_attempts,
            .timeout = options.timeout,
            .backoff = {.base = options.backoff_base, .cap = options.backoff_max}};
}

TaskState outer_state(tasks::TaskState state) {
    switch (state) {
        case tasks::TaskState::Scheduled:
            return TaskState::Scheduled;
        case tasks::TaskState::Pending:
            return TaskState::Pending;
        case tasks::TaskState::Running:
            return TaskState::Running;
        case tasks::TaskState::Completed:
            return TaskState::Completed;
        case tasks::TaskState::Failed:
            return TaskState::Failed;
        default:
            return TaskState::Cancelled;
    }
}

Task outer_task(tasks::TaskRecord record) {
    return {.id = std::move(record.id),
            .kind = std::move(record.kind),
            .state = outer_state(record.state),
            .attempt = record.attempt,
            .progress = record.progress,
            .message = std::move(record.message),
            .result = std::move(record.result),
            .error = std::move(record.error)};
}

tasks::NewTask inner_task(std::string_view kind, std::string input, const TaskOptions& options) {
    tasks::NewTask task;
    task.kind = kind;
    task.input = std::move(input);
    task.queue = options.queue;
    task.priority = options.priority;
    if (options.delay > Duration(0)) task.run_at = os::system_clock().now() + options.delay;
    task.max_attempts = options.max_attempts;
    task.timeout = options.timeout;
    if (!options.unique_key.empty())
        task.unique_key = sha256(options.created_by + '\n' + task.kind + '\n' + options.unique_key);
    task.created_by = options.created_by;
    task.correlation_id = options.correlation_id;
    task.tags = options.tags;
    task.parents = options.parents;
    return task;
}

// A setting goes where `serve` would find it: its flag, else its variable. No file and no variable of ours is read.
app::ServeConfig read_settings(const std::map<std::string, std::string>& settings) {
    app::SettingSources sources;
    sources.environment["GALLEY_CONFIG"] = "";
    for (const auto& [key, text] : settings) {
        const app::Setting* setting = app::find_setting(key);
        if (setting == nullptr) throw Failure("invalid_input", "is no setting", key);
        const bool by_flag = *setting->flag != '\0' && setting->type != app::SettingType::Secret;
        (by_flag ? sources.flags[setting->flag] : sources.environment[setting->environment]) = text;
    }
    app::ServeConfig config = take(app::load_settings(sources, os::system_files())).config;
    config.render_processes = 0;
    return config;
}

// Nobody knows it: then tasks come from this process only.
std::string unknown_secret() {
    std::array<std::uint8_t, 32> bytes{};
    os::system_random().fill(bytes);
    return hex_encode({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

}  // namespace

// The engine is used under the shared side of the lock, and goes under the other.
class Server::Impl {
 public:
    explicit Impl(Program program) {
        program_.name = std::move(program.name);
        program_.summary = std::move(program.summary);
        program_.attach = [this](tasks::TaskEngine& engine) {
            const std::unique_lock lock(mutex_);
            engine_ = &engine;
        };
        program_.detach = [this] {
            const std::unique_lock lock(mutex_);
            engine_ = nullptr;
        };
    }

    void add(std::string name, const KindOptions& options, detail::ErasedHandler handler) {
        check_options(name, options);
        if (busy_) throw Failure("conflict", "kinds are registered before the server runs");
        const auto same = [&](const jobs::OwnKind& kind) { return kind.options.name == name; };
        if (std::ranges::any_of(program_.kinds, same))
            throw Failure("conflict", "the kind " + name + " is registered already");
        auto run = [handler = std::move(handler)](tasks::TaskContext& task) {
            return embed::run_handler(handler, task);
        };
        program_.kinds.push_back({inner_options(std::move(name), options), std::move(run)});
    }

    int run(int argc, const char* const* argv) {
        busy_ = true;
        const int code = app::run_command_line(argc, argv, program_);
        busy_ = false;
        return code;
    }

    void start(const std::map<std::string, std::string>& settings) {
        if (busy_) throw Failure("conflict", "the server runs already");
        app::ServeConfig config = read_settings(settings);
        if (config.jwt_secret.empty() && config.keys_folder.empty()) config.jwt_secret = unknown_secret();
        configure_log(config.log_level, config.log_format);
        if (const Result<void> opened = set_log_file(config.log_file); !opened) throw_failure(opened.error());
        app_ = take(app::ServerApp::start(config, program_));
        url_ = config.http.tls.enabled() ? "https://" : "http://";
        url_ += app::listen_text({.host = config.listen.host, .port = app_->port()});
        busy_ = true;
    }

    void stop() {
        if (!app_) return;
        app_->stop();
        app_.reset();
        url_.clear();
        busy_ = false;
    }

    const std::string& url() const { return url_; }

    template <typename Use>
    auto with_engine(Use use) {
        const std::shared_lock lock(mutex_);
        if (engine_ == nullptr) throw Failure("unavailable", "the server does not run");
        return use(*engine_);
    }

 private:
    app::OwnProgram program_;
    std::atomic<bool> busy_ = false;
    std::unique_ptr<app::ServerApp> app_;
    std::string url_;
    std::shared_mutex mutex_;
    tasks::TaskEngine* engine_ = nullptr;
};

Server::Server(Program program) : impl_(std::make_unique<Impl>(std::move(program))) {}

Server::~Server() {
    impl_->stop();
}

void Server::add_kind(std::string name, KindOptions options, detail::ErasedHandler handler) {
    impl_->add(std::move(name), options, std::move(handler));
}

int Server::run(int argc, const char* const* argv) {
    return impl_->run(argc, argv);
}

void Server::start(const std::map<std::string, std::string>& settings) {
    impl_->start(settings);
}

void Server::stop() {
    impl_->stop();
}

std::string Server::url() const {
    return impl_->url();
}

std::string Server::enqueue_json(std::string_view kind, std::string input, const TaskOptions& options) {
    return impl_->with_engine([&](tasks::TaskEngine& engine) {
        return take(engine.enqueue(inner_task(kind, std::move(input), options))).id;
    });
}

Task Server::task(std::string_view id) const {
    return impl_->with_engine([&](tasks::TaskEngine& engine) { return outer_task(take(engine.get(id))); });
}

Task Server::wait(std::string_view id, std::chrono::milliseconds at_most) const {
    return impl_->with_engine([&](tasks::TaskEngine& engine) {
        const auto ended = std::make_shared<std::promise<void>>();  // also the callback's: it may outlast the wait
        engine.when_finished(id, os::system_clock().monotonic() + std::max(at_most, Duration(0)),
                             [ended](tasks::WaitEnd) { ended->set_value(); });
        ended->get_future().wait();
        return outer_task(take(engine.get(id)));
    });
}

TaskState Server::cancel(std::string_view id) {
    return impl_->with_engine([&](tasks::TaskEngine& engine) { return outer_state(take(engine.cancel(id))); });
}

}  // namespace galley
