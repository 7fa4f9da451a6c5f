#include "net/head_scanner.h"

namespace galley::net {

namespace {

// The longest method with its space, and the version with its space.
constexpr std::size_t kRequestLineExtraBytes = 32;

}  // namespace

void HeadScanner::restart() {
    scanned_ = 0;
    line_begin_ = 0;
    lines_ = 0;
    refusal_ = {};
}

bool HeadScanner::refuse(int status, std::string_view detail) {
    refusal_ = {status, detail};
    return false;
}

bool HeadScanner::scan(std::string_view input) {
    while (!refusal_) {
        const std::size_t newline = input.find('\n', scanned_);
        if (newline == std::string_view::npos) break;
        scanned_ = newline + 1;
        if (end_line(input, newline)) return true;
    }
    scanned_ = input.size();
    if (!refusal_) check_limits(input);
    return false;
}

// True at the empty line that ends the head.
bool HeadScanner::end_line(std::string_view input, std::size_t newline) {
    if (newline == line_begin_ || input[newline - 1] != '\r') return refuse(400, "A line does not end in CR LF.");
    const bool empty = newline == line_begin_ + 1;
    const char first = input[line_begin_];
    if (lines_ == 0 && empty) return refuse(400, "The request line is empty.");
    if (lines_ > 0 && (first == ' ' || first == '\t')) return refuse(400, "Folded header lines are not accepted.");
    if (lines_ == 0 && newline > limits_.url_bytes_max + kRequestLineExtraBytes) {
        return refuse(414, "The request line is too long.");
    }
    line_begin_ = newline + 1;
    if (line_begin_ > limits_.header_bytes_max) return refuse(431, "The header fields are too large together.");
    if (empty) return true;
    if (++lines_ > limits_.header_fields_max + 1) return refuse(431, "There are too many header fields.");
    return false;
}

void HeadScanner::check_limits(std::string_view input) {
    if (lines_ == 0 && input.size() > limits_.url_bytes_max + kRequestLineExtraBytes) {
        refuse(414, "The request line is too long.");
    } else if (input.size() > limits_.header_bytes_max) {
        refuse(431, "The header fields are too large together.");
    }
}

}  // namespace galley::net
