// src/net/problem.h — every error answer is application/problem+json (R2).
//
// Shape    {"type","title","status","detail","instance","errors":[{"pointer","message"}…]}; `instance` is
// urn:galley:request:<id>;
//          members without content are left out.
// Duty     texts are UTF-8 and fit for a client's eyes; nothing internal goes here.
// Threads  any.
// Source   RFC 9457.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "net/http.h"

namespace galley::net {

inline constexpr std::string_view kProblemContentType = "application/problem+json";

struct Problem {
    int status = 500;
    std::string_view title{};   // "" = the status's reason phrase
    std::string_view detail{};  // "" = left out
    std::string_view request_id{};
    std::span<const FieldError> errors{};
    std::string_view type = "about:blank";
};

Response problem(const Problem& problem);
Response problem(int status, std::string_view detail, std::string_view request_id);

}  // namespace galley::net
