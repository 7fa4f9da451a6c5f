// bench/load/generator.cpp — the load test's client: a plan of mixed requests at a fixed rate, whether or not the
// server keeps up (open loop), or as fast as it answers (closed loop, to find its capacity).
//
// Shape    galley_load PORT RATE SECONDS CONNECTIONS ROOMS [OUTPUT] — tokens in GALLEY_LOAD_USER and GALLEY_LOAD_ADMIN.
//          RATE 0 is the closed loop. Prints one JSON document (record.h) to OUTPUT or standard output.
//          In the open loop requests are due at random moments (a Poisson process); latency counts from then, also
//          while all connections are busy (no coordinated omission).
// Errors   exit 2: bad arguments. exit 1: the server cannot be reached. Unexpected answers are told in the document.
// Source   Schroeder and others, "Open versus closed: a cautionary tale", NSDI 2006; docs/testing.md.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <exception>
#include <fstream>
#include <iostream>
#include <random>
#include <string>
#include <unordered_map>

#include "load/connections.h"
#include "load/plan.h"
#include "load/record.h"

namespace galley::load {
namespace {

using Clock = std::chrono::steady_clock;

struct Options {
    std::uint16_t port = 0;
    double rate = 0;
    double seconds = 0;
    std::size_t connections = 0;
    std::size_t rooms = 0;
    std::string output{};
};

constexpr double kWindowSeconds = 5;
constexpr double kDrainSeconds = 60;  // what was due in time is waited for this long

class Generator {
 public:
    Generator(const Options& options, Plan plan)
        : options_(options),
          plan_(std::move(plan)),
          connections_(options.port, options.connections),
          record_(route_names(), kWindowSeconds),
          began_(Clock::now()) {}

    void run() {
        while (now() < options_.seconds) {
            options_.rate > 0 ? send_what_is_due() : fill();
            connections_.poll(patience(), [this](const Reply& reply) { take(reply); });
        }
        while ((connections_.busy() > 0 || !waiting_.empty()) && now() < options_.seconds + kDrainSeconds) {
            send_waiting();
            connections_.poll(std::chrono::milliseconds(1), [this](const Reply& reply) { take(reply); });
        }
        for (const auto& [tag, call] : under_way_) record_.note_unexpected(route_of(call.call), 0, "no answer in time");
        for (const Due& due : waiting_) record_.note_unexpected(route_of(due.call), 0, "never sent");
    }

    void write(std::ostream& out) const { record_.write(out, options_.seconds); }

 private:
    struct Due {
        Call call;
        double due = 0;
    };

    static std::size_t route_of(const Call& call) { return static_cast<std::size_t>(call.route); }
    double now() const { return std::chrono::duration<double>(Clock::now() - began_).count(); }

    // Until the next request is due. Nothing is due while all connections are busy, or in the closed loop.
    std::chrono::nanoseconds patience() const {
        constexpr double kLongest = 0.01;
        const double left = options_.rate > 0 && waiting_.empty() ? next_due_ - now() : kLongest;
        return std::chrono::nanoseconds(static_cast<std::int64_t>(std::clamp(left, 0.0, kLongest) * 1e9));
    }

    void send_what_is_due() {
        const double time = now();
        while (next_due_ <= time && next_due_ < options_.seconds) {
            record_.note_lateness(time - next_due_);
            waiting_.push_back({plan_.next(), next_due_});
            next_due_ += gap_(random_) / options_.rate;
        }
        send_waiting();
    }

    void send_waiting() {
        while (!waiting_.empty() && connections_.has_free()) {
            send(std::move(waiting_.front()));
            waiting_.pop_front();
        }
    }

    void fill() {
        while (connections_.has_free()) send({plan_.next(), now()});
    }

    void send(Due due) {
        const std::size_t tag = ++last_tag_;
        connections_.send(due.call.request, tag);
        due.call.request.clear();
        under_way_.emplace(tag, std::move(due));
    }

    void take(const Reply& reply) {
        const auto found = under_way_.find(reply.tag);
        const Due due = std::move(found->second);
        under_way_.erase(found);
        record_.note(route_of(due.call), due.due, now() - due.due);
        if (plan_.answered(due.call, reply)) return;
        record_.note_unexpected(route_of(due.call), reply.status, std::string(reply.head) + std::string(reply.body));
    }

    Options options_;
    Plan plan_;
    Connections connections_;
    Record record_;
    Clock::time_point began_;
    std::mt19937_64 random_{7};
    std::exponential_distribution<double> gap_{1.0};
    double next_due_ = 0;
    std::size_t last_tag_ = 0;
    std::deque<Due> waiting_;
    std::unordered_map<std::size_t, Due> under_way_;
};

std::string environment(const char* name) {
    const char* const value = std::getenv(name);
    if (value == nullptr) throw std::runtime_error(std::string(name) + " is not set");
    return value;
}

int run(const Options& options) {
    Generator generator(options, Plan({.host = "127.0.0.1:" + std::to_string(options.port),
                                       .user_token = environment("GALLEY_LOAD_USER"),
                                       .admin_token = environment("GALLEY_LOAD_ADMIN"),
                                       .rooms = options.rooms}));
    generator.run();
    if (options.output.empty()) {
        generator.write(std::cout);
    } else {
        std::ofstream file(options.output);
        generator.write(file);
    }
    return 0;
}

}  // namespace
}  // namespace galley::load

int main(int count, char** arguments) {
    if (count < 6) {
        std::fputs("usage: galley_load PORT RATE SECONDS CONNECTIONS ROOMS [OUTPUT]\n", stderr);
        return 2;
    }
    try {
        return galley::load::run({.port = static_cast<std::uint16_t>(std::stoul(arguments[1])),
                                  .rate = std::stod(arguments[2]),
                                  .seconds = std::stod(arguments[3]),
                                  .connections = std::stoul(arguments[4]),
                                  .rooms = std::stoul(arguments[5]),
                                  .output = count > 6 ? arguments[6] : ""});
    } catch (const std::exception& error) {
        std::fprintf(stderr, "galley_load: %s\n", error.what());
        return 1;
    }
}
