// src/base/error.h — how anything that can fail says so: Result<T>, Error, ErrorCode and the GALLEY_TRY macros.
//
// Shape    Result<T> = std::expected<T, Error>. Error = a closed code, a sentence for a person, and where in the
//          user's input it is (JSON pointer, file:line, or empty); `fields` lists several faults of one input.
// Errors   GALLEY_CHECK aborts: only for programmers' mistakes. Whatever input can reach is an Error.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace galley {

enum class ErrorCode : std::uint8_t {
    InvalidInput,        // the caller's data is wrong: says what and where
    Unauthenticated,     // no valid token
    Forbidden,           // known, may see, may not do
    NotFound,            // absent, or the caller may not know of it
    Conflict,            // the object's state forbids it
    LimitExceeded,       // a named limit
    Unavailable,         // an outside part (disk, database, network) failed; trying again may help
    Corrupt,             // stored bytes fail their check
    Unsupported,         // understood, and not offered here
    UnsupportedMedia,    // the request's body is of a type, charset or coding that is not read here
    PreconditionFailed,  // the object is not in the state that the caller named
    DeadlineExceeded,
    Cancelled,
    Internal,  // a bug; never shown in detail to a client
};

inline constexpr int kErrorCodeCount = 14;

// Stable snake_case name, as used in logs, metrics and problem documents.
std::string_view error_code_name(ErrorCode code);

struct FieldError {
    std::string pointer;  // RFC 6901 JSON pointer into the request body, "" for the whole
    std::string message;
};

struct Error {
    ErrorCode code = ErrorCode::Internal;
    std::string message;
    std::string where{};  // JSON pointer, path, or file:line in the *user's* input
    std::vector<FieldError> fields{};

    // "invalid_input: message (at where)"
    std::string to_string() const;
};

template <typename T>
using Result = std::expected<T, Error>;

inline std::unexpected<Error> fail(ErrorCode code, std::string message, std::string where = {}) {
    return std::unexpected<Error>(Error{code, std::move(message), std::move(where), {}});
}

inline std::unexpected<Error> fail(Error error) {
    return std::unexpected<Error>(std::move(error));
}

[[noreturn]] void check_failed(const char* condition, const char* file, int line);

}  // namespace galley

#define GALLEY_CONCAT_INNER(a, b) a##b
#define GALLEY_CONCAT(a, b) GALLEY_CONCAT_INNER(a, b)

// GALLEY_TRY(auto x, f());  GALLEY_TRY_VOID(g());  — return the error to the caller, or go on with the value.
#define GALLEY_TRY(declaration, expression) \
    GALLEY_TRY_IMPL(GALLEY_CONCAT(galley_try_, __COUNTER__), declaration, expression)
#define GALLEY_TRY_IMPL(holder, declaration, expression)                        \
    auto holder = (expression);                                                 \
    if (!holder) [[unlikely]]                                                   \
        return ::std::unexpected<::galley::Error>(::std::move(holder.error())); \
    declaration = ::std::move(*holder)
#define GALLEY_TRY_VOID(expression)                                                            \
    do {                                                                                       \
        auto galley_try_result = (expression);                                                 \
        if (!galley_try_result) [[unlikely]]                                                   \
            return ::std::unexpected<::galley::Error>(::std::move(galley_try_result.error())); \
    } while (false)

#define GALLEY_CHECK(condition) \
    ((condition) ? static_cast<void>(0) : ::galley::check_failed(#condition, __FILE__, __LINE__))
