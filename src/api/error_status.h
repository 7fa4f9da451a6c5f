// src/api/error_status.h — the one table from ErrorCode to HTTP status and to whether trying again can help.
#pragma once

#include <array>

#include "base/error.h"

namespace galley::api {

enum class RetryRule : std::uint8_t { Never, Later };

struct ErrorRow {
    ErrorCode code;
    int status;
    RetryRule retry;
};

inline constexpr std::array<ErrorRow, kErrorCodeCount> kErrorRows = {{
    {ErrorCode::InvalidInput, 400, RetryRule::Never},
    {ErrorCode::Unauthenticated, 401, RetryRule::Never},
    {ErrorCode::Forbidden, 403, RetryRule::Never},
    {ErrorCode::NotFound, 404, RetryRule::Never},
    {ErrorCode::Conflict, 409, RetryRule::Never},
    {ErrorCode::LimitExceeded, 422, RetryRule::Never},
    {ErrorCode::Unavailable, 503, RetryRule::Later},
    {ErrorCode::Corrupt, 500, RetryRule::Never},
    {ErrorCode::Unsupported, 422, RetryRule::Never},
    {ErrorCode::UnsupportedMedia, 415, RetryRule::Never},
    {ErrorCode::PreconditionFailed, 412, RetryRule::Never},
    {ErrorCode::DeadlineExceeded, 504, RetryRule::Later},
    {ErrorCode::Cancelled, 503, RetryRule::Later},
    {ErrorCode::Internal, 500, RetryRule::Never},
}};

consteval bool error_rows_are_complete() {
    for (std::size_t i = 0; i < kErrorRows.size(); ++i)
        if (static_cast<std::size_t>(kErrorRows[i].code) != i) return false;
    return true;
}
static_assert(error_rows_are_complete(), "one row for each ErrorCode, in order");

constexpr const ErrorRow& error_row(ErrorCode code) {
    return kErrorRows[static_cast<std::size_t>(code)];
}

}  // namespace galley::api
