// src/net/head_scanner.h — finds the end of a request's head and refuses what Beast's parser would let pass: bare LF,
// folded lines.
//
// Shape    scan(input) is called with all bytes of the head so far, each time more; what was looked at is not looked at
//          again.
// Limits   HeadLimits. A head that is refused is refused as soon as it can be known.
// Source   RFC 9112 §2.2, §5.2.
#pragma once

#include <cstddef>
#include <string_view>

namespace galley::net {

struct HeadLimits {
    std::size_t header_bytes_max = 16 * 1024;
    std::size_t header_fields_max = 100;
    std::size_t url_bytes_max = 8 * 1024;
};

// Why a request is not served: a status and words for the client. Status 0: no fault.
struct Refusal {
    int status = 0;
    std::string_view detail{};
    explicit operator bool() const { return status != 0; }
};

class HeadScanner {
 public:
    explicit HeadScanner(const HeadLimits& limits) : limits_(limits) {}

    void restart();
    // True when the head is whole; head_bytes() is then its size with the empty line. False: more is needed, or
    // refusal().
    bool scan(std::string_view input);
    std::size_t head_bytes() const { return line_begin_; }
    const Refusal& refusal() const { return refusal_; }

 private:
    bool end_line(std::string_view input, std::size_t newline);
    void check_limits(std::string_view input);
    bool refuse(int status, std::string_view detail);

    HeadLimits limits_;
    std::size_t scanned_ = 0;
    std::size_t line_begin_ = 0;
    std::size_t lines_ = 0;
    Refusal refusal_{};
};

}  // namespace galley::net
