// src/net/field_rules.h — the fields that decide where a request ends and whether its connection goes on, checked as
// they come.
//
// Shape    start(); take(field) for each; finish(version) at the head's end. Section::Trailer refuses every such field.
// Errors   400 (Host, Content-Length, Connection, conflicts), 417 (Expect), 501 (Transfer-Encoding that is not
//          `chunked`).
// Threads  one.
// Source   RFC 9112 §3.2, §6, §9; RFC 9110 §7.6.1, §8.6, §10.1.1. Stricter: Transfer-Encoding is exactly `chunked`,
//          once; Content-Length stands once, digits only, never beside it.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "net/http_syntax.h"
#include "net/request_line.h"

namespace galley::net {

class FieldRules {
 public:
    enum class Section : std::uint8_t { Head, Trailer };

    void start(Section section);
    Refusal take(std::string_view name, std::string_view value);
    Refusal finish(HttpVersion version);

    // After finish().
    bool chunked() const { return chunked_; }
    std::uint64_t content_length() const { return content_length_.value_or(0); }
    bool keep_alive() const { return keep_alive_; }
    bool expects_continue() const { return expects_continue_; }

 private:
    Refusal take_host(std::string_view value);
    Refusal take_content_length(std::string_view value);
    Refusal take_transfer_encoding(std::string_view value);
    Refusal take_expect(std::string_view value);
    Refusal take_connection(std::string_view value);

    Section section_ = Section::Head;
    std::optional<std::uint64_t> content_length_;
    bool chunked_ = false;
    bool has_host_ = false;
    bool expects_continue_ = false;
    bool expects_other_ = false;
    bool says_close_ = false;
    bool says_keep_alive_ = false;
    bool keep_alive_ = true;
};

}  // namespace galley::net
