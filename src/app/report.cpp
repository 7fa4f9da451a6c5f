#include <fmt/format.h>

#include <cstdio>

#include "app/commands.h"

namespace galley::app {

int report(const Error& error) {
    fmt::print(stderr, "galley: {}\n", error.to_string());
    return 1;
}

int report_faults(const Error& error) {
    if (error.fields.empty()) return report(error);
    fmt::print(stderr, "galley: {}\n", error.message);
    bool by_flag = false;
    for (const FieldError& fault : error.fields) {
        fmt::print(stderr, "  {}: {}\n", fault.pointer, fault.message);
        by_flag = by_flag || fault.pointer.starts_with("--");
    }
    return by_flag ? 2 : 1;
}

}  // namespace galley::app
