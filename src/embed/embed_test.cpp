// The public API in one process: no HTTP client, no command line.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <mutex>

#include "galley/galley.h"

namespace {

using galley::TaskState;
using testing::HasSubstr;
using namespace std::chrono_literals;

constexpr auto kPatience = 60s;

struct Sum {
    int a = 0;
    int b = 0;
    static constexpr auto galley_fields() {
        return std::tuple(galley::field("a", &Sum::a), galley::defaulted("b", &Sum::b));
    }
};

class Embedded : public testing::Test {
 protected:
    Embedded() {
        std::string pattern = (std::filesystem::temp_directory_path() / "galley-embed-XXXXXX").string();
        folder_ = ::mkdtemp(pattern.data());
    }
    ~Embedded() override {
        server_.stop();
        std::filesystem::remove_all(folder_);
    }

    void start() {
        server_.start({{"http.listen", "127.0.0.1:0"}, {"server.data", folder_ + "/data"}, {"log.level", "off"}});
    }
    template <typename Input>
    galley::Task run(std::string_view kind, const Input& input) {
        return server_.wait(server_.enqueue(kind, input), kPatience);
    }
    // A kind whose handler throws or returns what `end` does, once; then it is done.
    void register_once(const std::string& name, std::function<galley::Outcome<int>()> end) {
        server_.register_kind<galley::None, int>(
            name, {.backoff_base = 0ms, .backoff_max = 0ms},
            [end = std::move(end)](galley::Context& context, galley::None) -> galley::Outcome<int> {
                if (context.cursor()) return context.attempt();
                context.save_cursor("been here");
                return end();
            });
    }

    std::string folder_;
    galley::Server server_;
};

std::string code_of(const std::function<void()>& call) {
    try {
        call();
    } catch (const galley::Failure& failure) {
        return failure.code();
    }
    return "";
}

TEST_F(Embedded, ATypedHandlerGetsItsInputAndItsResultIsKept) {
    server_.register_kind<Sum, int>("sum", {}, [](galley::Context&, const Sum& sum) { return sum.a + sum.b; });
    start();
    const galley::Task task = run("sum", Sum{.a = 40, .b = 2});
    EXPECT_EQ(task.state, TaskState::Completed);
    EXPECT_EQ(task.result, "42");
    EXPECT_EQ(task.progress, 100);
    EXPECT_THAT(server_.url(), testing::StartsWith("http://127.0.0.1:"));
}

TEST_F(Embedded, BadInputFailsForGoodAndSaysWhere) {
    server_.register_kind<Sum, int>("sum", {}, [](galley::Context&, Sum sum) { return sum.a; });
    start();
    const galley::Task task = run("sum", galley::Json{R"({"a":"x","c":1})"});
    EXPECT_EQ(task.state, TaskState::Failed);
    EXPECT_EQ(task.attempt, 1);
    EXPECT_EQ(task.error, "bad input: /a: must be an integer; /c: is not known here");
}

TEST_F(Embedded, WhateverAHandlerThrowsBecomesAnEnd) {
    register_once("exception", [] -> galley::Outcome<int> { throw std::runtime_error("oops"); });
    register_once("number", [] -> galley::Outcome<int> { throw 7; });
    register_once("retry", [] -> galley::Outcome<int> { throw galley::Retry{"again", 1ms}; });
    register_once("retry_returned", [] -> galley::Outcome<int> { return galley::Retry{"again"}; });
    register_once("unavailable", [] -> galley::Outcome<int> { throw galley::Failure("unavailable", "no disk"); });
    register_once("snooze", [] -> galley::Outcome<int> { return galley::Snooze{1ms}; });
    register_once("fail", [] -> galley::Outcome<int> { throw galley::Fail{"never", "/a"}; });
    register_once("failure", [] -> galley::Outcome<int> { throw galley::Failure("conflict", "taken"); });
    register_once("cancel", [] -> galley::Outcome<int> { return galley::Cancel{"not needed"}; });
    start();
    for (const char* tried_again : {"exception", "number", "retry", "retry_returned", "unavailable"})
        EXPECT_EQ(run(tried_again, galley::None{}).result, "2") << tried_again;
    EXPECT_EQ(run("snooze", galley::None{}).result, "1");
    EXPECT_EQ(run("fail", galley::None{}).error, "never (at /a)");
    EXPECT_EQ(run("failure", galley::None{}).error, "taken");
    EXPECT_EQ(run("cancel", galley::None{}).state, TaskState::Cancelled);
}

TEST_F(Embedded, TextThatIsNotUtf8DoesNotReachTheTask) {
    server_.register_kind<galley::None, std::string>("bad", {}, [](galley::Context& context, galley::None) {
        context.progress(10, "\xff half");
        context.log("\xff");
        return std::string("\xff");
    });
    server_.register_kind<galley::None, std::string>(
        "worse", {}, [](galley::Context&, galley::None) -> std::string { throw galley::Fail{"\xfe"}; });
    start();
    const galley::Task task = run("bad", galley::None{});
    EXPECT_EQ(task.state, TaskState::Failed);
    EXPECT_EQ(task.error, "a text in the result is not UTF-8");
    EXPECT_EQ(task.message, "\xEF\xBF\xBD half");
    EXPECT_EQ(run("worse", galley::None{}).error, "\xEF\xBF\xBD");
}

TEST_F(Embedded, AStepRunsOnceInTheLifeOfItsTask) {
    std::atomic<int> first = 0, second = 0;
    server_.register_kind<galley::None, int>("steps", {.backoff_base = 0ms, .backoff_max = 0ms},
                                             [&](galley::Context& context, galley::None) {
                                                 const int made = context.step("first", [&] { return ++first + 10; });
                                                 context.step("second", [&] { ++second; });
                                                 if (context.attempt() < 3) throw std::runtime_error("not yet");
                                                 return made;
                                             });
    start();
    EXPECT_EQ(run("steps", galley::None{}).result, "11");
    EXPECT_EQ(first, 1);
    EXPECT_EQ(second, 1);
}

TEST_F(Embedded, StepsThatDoNotFitFailTheTask) {
    server_.register_kind<galley::None, galley::None>("large", {}, [](galley::Context& context, galley::None) {
        context.step("large", [] { return std::string(70'000, 'x'); });
    });
    start();
    const galley::Task task = run("large", galley::None{});
    EXPECT_EQ(task.state, TaskState::Failed);
    EXPECT_EQ(task.attempt, 1);
}

TEST_F(Embedded, ACancelledHandlerIsTold) {
    std::mutex mutex;
    std::condition_variable_any changed;
    std::string running;
    server_.register_kind<galley::None, galley::None>("patient", {}, [&](galley::Context& context, galley::None) {
        std::unique_lock lock(mutex);
        running = context.id();
        changed.notify_all();
        changed.wait(lock, context.stop_token(), [] { return false; });
        EXPECT_TRUE(context.cancelled());
        context.check();
    });
    start();
    const std::string id = server_.enqueue("patient", galley::None{});
    {
        std::unique_lock lock(mutex);
        ASSERT_TRUE(changed.wait_for(lock, kPatience, [&] { return running == id; }));
    }
    server_.cancel(id);
    EXPECT_EQ(server_.wait(id, kPatience).state, TaskState::Cancelled);
}

TEST_F(Embedded, AHandlerEnqueuesMoreTasks) {
    server_.register_kind<int, int>("count_down", {}, [&](galley::Context& context, int n) {
        if (n > 0)
            server_.enqueue("count_down", n - 1, {.correlation_id = std::string(context.id()), .tags = {"left"}});
        return n;
    });
    server_.register_kind<galley::None, int>("last", {}, [](galley::Context&, galley::None) { return 1; });
    start();
    const std::string first = server_.enqueue("count_down", 3);
    const std::string last = server_.enqueue("last", galley::None{}, {.parents = {first}});
    EXPECT_EQ(server_.wait(last, kPatience).result, "1");
    EXPECT_EQ(server_.task(first).state, TaskState::Completed);
}

TEST_F(Embedded, OneUnfinishedTaskHasAUniqueKey) {
    server_.register_kind<int, int>("later", {}, [](galley::Context&, int n) { return n; });
    start();
    const galley::TaskOptions options{.delay = 1h, .unique_key = "k"};
    EXPECT_EQ(server_.enqueue("later", 1, options), server_.enqueue("later", 2, options));
}

TEST_F(Embedded, WhatCannotBeDoneIsAFailureWithACode) {
    const auto nothing = [](galley::Context&, galley::None) {};
    const auto add = [&](const std::string& name, galley::KindOptions options = {}) {
        return code_of([&] { server_.register_kind<galley::None, galley::None>(name, options, nothing); });
    };
    EXPECT_EQ(add("kind"), "");
    EXPECT_EQ(add("kind"), "conflict");
    EXPECT_EQ(add("a b"), "invalid_input");
    EXPECT_EQ(add("q", {.queue = "/"}), "invalid_input");
    EXPECT_EQ(add("m", {.max_attempts = 0}), "invalid_input");
    EXPECT_EQ(add("t", {.timeout = 0ms}), "invalid_input");
    EXPECT_EQ(add("b", {.backoff_base = 2s, .backoff_max = 1s}), "invalid_input");
    EXPECT_EQ(code_of([&] { server_.enqueue("kind", galley::None{}); }), "unavailable");
    EXPECT_EQ(code_of([&] { server_.start({{"no.such", "1"}}); }), "invalid_input");
    EXPECT_EQ(code_of([&] { server_.start({{"http.listen", "nowhere"}}); }), "invalid_input");
    start();
    EXPECT_EQ(add("late"), "conflict");
    EXPECT_EQ(code_of([&] { start(); }), "conflict");
    EXPECT_EQ(code_of([&] { server_.enqueue("unknown", galley::None{}); }), "invalid_input");
    EXPECT_EQ(code_of([&] { server_.enqueue("kind", galley::None{}, {.priority = 10}); }), "invalid_input");
    EXPECT_EQ(code_of([&] { server_.task("task-0000000100000000"); }), "not_found");
    EXPECT_EQ(code_of([&] { server_.wait("task-0000000100000000", 0ms); }), "not_found");
    server_.stop();
    EXPECT_EQ(code_of([&] { server_.task("task-0000000100000000"); }), "unavailable");
}

TEST_F(Embedded, AKindThatTheServerHasIsRefusedAtTheStart) {
    for (const char* taken : {"echo", "maintenance.cleanup"}) {
        galley::Server server;
        server.register_kind<galley::None, galley::None>(taken, {}, [](galley::Context&, galley::None) {});
        EXPECT_EQ(code_of([&] {
                      server.start(
                          {{"http.listen", "127.0.0.1:0"}, {"server.data", folder_ + "/data"}, {"log.level", "off"}});
                  }),
                  "invalid_input")
            << taken;
    }
}

TEST_F(Embedded, TasksOutliveAStop) {
    server_.register_kind<int, int>("later", {}, [](galley::Context&, int n) { return n; });
    start();
    const std::string id = server_.enqueue("later", 5, {.delay = 1h});
    server_.stop();
    start();
    EXPECT_EQ(server_.task(id).state, TaskState::Scheduled);
}

}  // namespace
