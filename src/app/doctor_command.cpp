#include <fmt/format.h>

#include <cstdio>

#include "app/doctor.h"
#include "app/operation_commands.h"
#include "codec/json_writer.h"

namespace galley::app {

namespace {

const char* health_word(Health health) {
    constexpr const char* kWords[] = {"ok", "warning", "error"};
    return kWords[static_cast<std::size_t>(health)];
}

void print_json(const std::vector<Finding>& findings) {
    std::string out;
    codec::JsonWriter json(out);
    json.begin_object();
    json.field("status", health_word(worst(findings)));
    json.key("findings");
    json.begin_array();
    for (const Finding& finding : findings) {
        json.begin_object();
        json.field("check", finding.check);
        json.field("status", health_word(finding.health));
        json.field("message", finding.message);
        json.field("advice", finding.advice);
        json.end_object();
    }
    json.end_array();
    json.end_object();
    std::puts(out.c_str());
}

}  // namespace

int run_doctor(const DoctorCommand& command) {
    const std::vector<Finding> findings =
        examine(command.sources, command.deep ? Examination::Deep : Examination::Quick, os::system_clock());
    if (command.json) {
        print_json(findings);
    } else {
        for (const Finding& finding : findings) {
            fmt::print("{:<8} {:<18} {}\n", health_word(finding.health), finding.check, finding.message);
            if (!finding.advice.empty()) fmt::print("{:<8} {:<18} → {}\n", "", "", finding.advice);
        }
    }
    return static_cast<int>(worst(findings));
}

}  // namespace galley::app
