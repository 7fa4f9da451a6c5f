#include "base/error.h"

#include <array>
#include <cstdio>
#include <cstdlib>

namespace galley {

namespace {
constexpr std::array<std::string_view, kErrorCodeCount> kNames = {
    "invalid_input",       "unauthenticated",   "forbidden", "not_found",   "conflict",
    "limit_exceeded",      "unavailable",       "corrupt",   "unsupported", "unsupported_media",
    "precondition_failed", "deadline_exceeded", "cancelled", "internal"};
}  // namespace

std::string_view error_code_name(ErrorCode code) {
    return kNames.at(static_cast<std::size_t>(code));
}

std::string Error::to_string() const {
    std::string text{error_code_name(code)};
    text += ": ";
    text += message;
    if (!where.empty()) text += " (at " + where + ")";
    for (const FieldError& field : fields) text += "; " + field.pointer + ": " + field.message;
    return text;
}

void check_failed(const char* condition, const char* file, int line) {
    std::fprintf(stderr, "galley: check failed: %s at %s:%d\n", condition, file, line);
    std::abort();
}

}  // namespace galley
