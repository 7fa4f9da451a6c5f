// A program with Galley as a library whose handlers do what their input says: wait for a file, fail in every way, work
// in steps.
#include <galley/galley.h>

#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <mutex>

namespace {

using namespace std::chrono_literals;

// Until the file is there or the handler is to stop. Whether it is there.
bool wait_for_file(const galley::Context& context, const std::string& path) {
    std::mutex mutex;
    std::condition_variable_any never;
    std::unique_lock lock(mutex);
    while (!std::filesystem::exists(path)) {
        never.wait_for(lock, context.stop_token(), 10ms, [] { return false; });
        if (context.stopped()) return false;
    }
    return true;
}

void append_line(const std::string& path, const std::string& line) {
    std::ofstream(path, std::ios::app) << line << std::endl;
}

struct Gate {
    std::string path;
    static constexpr auto galley_fields() { return std::tuple(galley::field("path", &Gate::path)); }
};

std::string pass_gate(galley::Context& context, const Gate& gate) {
    context.progress(50, "at the gate");
    context.log("waits for the gate");
    if (wait_for_file(context, gate.path)) return "passed";
    context.log(context.cancelled() ? "was cancelled" : "was stopped");
    throw galley::Stopped{};
}

struct Ending {
    std::string how;
    int times = 1;
    static constexpr auto galley_fields() {
        return std::tuple(galley::field("how", &Ending::how), galley::defaulted("times", &Ending::times));
    }
};

galley::Outcome<int> end_so(galley::Context& context, const Ending& ending) {
    const int snoozes = std::stoi(context.cursor().value_or("0"));
    if (context.attempt() + snoozes > ending.times) return context.attempt();
    if (ending.how == "exception") throw std::runtime_error("it broke");
    if (ending.how == "anything") throw 42;
    if (ending.how == "retry") return galley::Retry{"once more", 1ms};
    if (ending.how == "fail") return galley::Fail{"never", "/how"};
    if (ending.how == "cancel") return galley::Cancel{"no longer wanted"};
    context.save_cursor(std::to_string(snoozes + 1));
    return galley::Snooze{1ms};
}

struct Steps {
    std::string folder;
    int count = 0;
    static constexpr auto galley_fields() {
        return std::tuple(galley::field("folder", &Steps::folder), galley::field("count", &Steps::count));
    }
};

// Each step leaves a line in "done" and waits, before the next, for the file that has its number.
std::vector<int> work_in_steps(galley::Context& context, const Steps& steps) {
    std::vector<int> made;
    for (int i = 1; i <= steps.count; ++i) {
        made.push_back(context.step("step " + std::to_string(i), [&] {
            append_line(steps.folder + "/done", std::to_string(i));
            return i * i;
        }));
        context.progress(100 * i / steps.count, "step " + std::to_string(i));
        if (!wait_for_file(context, steps.folder + '/' + std::to_string(i))) context.check();
    }
    return made;
}

}  // namespace

int main(int argc, char** argv) {
    galley::Server server({.name = "handlers", .summary = "Handlers that do as they are told"});
    const galley::KindOptions quick{.backoff_base = 1ms, .backoff_max = 1ms};
    server.register_kind<Gate, std::string>("gate", {.queue = "gates", .timeout = 1h}, pass_gate);
    server.register_kind<Ending, int>("ending", quick, end_so);
    server.register_kind<Steps, std::vector<int>>("steps", quick, work_in_steps);
    server.register_kind<galley::Json, galley::Json>("raw", {},
                                                     [](galley::Context&, galley::Json json) { return json; });
    server.register_kind<galley::None, std::string>("parent", {}, [&server](galley::Context& context, galley::None) {
        return server.enqueue("raw", std::map<std::string, int>{{"made", 1}},
                              {.created_by = std::string(context.created_by())});
    });
    return server.run(argc, argv);
}
