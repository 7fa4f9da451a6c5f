// src/net/head_scanner.h — takes the head of a request apart, byte by byte as it comes, and refuses it at the first
// byte that cannot be right.
//
// Shape    start(); scan(all bytes of the head so far), each time with more; what was looked at is not looked at again.
//          Part::Trailer scans only fields, up to their empty line.
// Errors   refusal(): 400, 414, 417, 431, 501, 505 — the same wherever the bytes are cut.
// Owner    keeps positions, no bytes: line() and fields are read from the text that was scanned.
// Threads  one.
// Limits   HeadLimits. Nothing beyond a limit is looked at.
// Source   RFC 9112 §2.2, §3, §5. Stricter: every line ends in CR LF; no folded lines; one space between the parts of
//          the request line; no control characters but tab in a value.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "net/field_rules.h"
#include "net/http_syntax.h"
#include "net/request_line.h"

namespace galley::net {

struct HeadLimits {
    std::size_t header_bytes_max = 16 * 1024;
    std::size_t header_fields_max = 100;
    std::size_t url_bytes_max = 8 * 1024;
};

class HeadScanner {
 public:
    enum class Part : std::uint8_t { Head, Trailer };

    explicit HeadScanner(const HeadLimits& limits) : limits_(limits) {}

    void start(Part part);
    // True when all is there; bytes() is then its size with the empty line. False: more is needed, or refusal().
    bool scan(std::string_view input);
    std::size_t bytes() const { return at_; }
    const Refusal& refusal() const { return refusal_; }
    const FieldRules& rules() const { return rules_; }

    // The request line was read and is well-formed; fields may be missing or in fault.
    bool has_line() const { return has_line_; }
    // What `text`, a copy of the first bytes() of what was scanned, says. Only whole fields count.
    RequestLineText line(std::string_view text) const;
    std::size_t field_count() const;
    HeaderField field(std::string_view text, std::size_t index) const;

 private:
    enum class State : std::uint8_t { Method, Target, Version, LineEnd, FieldStart, Name, Value, LastLineEnd, Done };

    struct Span {
        std::size_t begin = 0;
        std::size_t end = 0;
        std::string_view of(std::string_view text) const { return text.substr(begin, end - begin); }
    };
    struct FieldSpan {
        Span name{};
        Span value{};  // empty at the beginning while it is under way
    };

    void step(std::string_view input);
    void scan_method(std::string_view input);
    void scan_target(std::string_view input);
    void scan_version(std::string_view input);
    void end_line(std::string_view input);
    void begin_field(char first);
    void scan_name(std::string_view input);
    void scan_value(std::string_view input);
    void end_head(std::string_view input);
    void refuse(int status, std::string_view detail) { refusal_ = {status, detail}; }
    void refuse_size();

    HeadLimits limits_;
    State state_ = State::Method;
    bool in_request_line_ = true;
    bool has_line_ = false;
    Part part_ = Part::Head;
    HttpVersion version_ = HttpVersion::Http11;
    std::size_t at_ = 0;     // the next byte to look at
    std::size_t begin_ = 0;  // of the piece under way
    Span method_{};
    Span target_{};
    Span version_text_{};
    std::vector<FieldSpan> fields_;
    FieldRules rules_;
    Refusal refusal_{};
};

}  // namespace galley::net
