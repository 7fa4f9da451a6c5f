// bench/load/record.h — what happened: the latency of every request by route and second, and every answer that the plan
// did not predict.
//
// Shape    note() for each answer; write() gives one JSON document to run.py.
// Units    latencies in microseconds from the moment a request was due (not sent: else a server that stalls would delay
//          the requests that would have shown it), windows in seconds since the start.
// Threads  one.
// Limits   every latency is kept (4 bytes each); kExamplesMax unexpected answers are kept with their text.
#pragma once

#include <cstdint>
#include <map>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace galley::load {

inline constexpr std::size_t kExamplesMax = 20;

class Record {
 public:
    Record(std::vector<std::string> routes, double window_seconds);

    void note(std::size_t route, double due_seconds, double latency_seconds);
    void note_unexpected(std::size_t route, int status, std::string_view text);
    void note_lateness(double seconds);  // how late the generator itself was

    void write(std::ostream& out, double seconds) const;

 private:
    struct Route {
        std::string name;
        std::vector<std::vector<std::uint32_t>> windows;
        std::map<int, std::size_t> unexpected;
    };
    void write_route(std::ostream& out, const Route& route) const;

    double window_seconds_;
    std::vector<Route> routes_;
    std::vector<std::string> examples_;
    std::vector<std::uint32_t> lateness_;
};

}  // namespace galley::load
