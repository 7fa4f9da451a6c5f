// src/document/svg/number_reader.h — numbers in attributes: "10-20.5.5e3, 7".
//
// Shape    a cursor over the text; number() takes white space, at most one comma, and a number, or nothing.
// Errors   none: nullopt, and the cursor stays where it was.
// Threads  any.
// Source   SVG 2 §9.3.9 (the grammar of path data).
#pragma once

#include <optional>
#include <string_view>

namespace galley::document {

class NumberReader {
 public:
    explicit NumberReader(std::string_view text) : text_(text) {}
    std::optional<double> number();
    std::optional<bool> flag();  // 0 or 1, maybe without a separator after it
    void skip_space();
    bool done();
    char peek() const { return text_.empty() ? '\0' : text_.front(); }
    char take();
    std::string_view rest() const { return text_; }
    void skip(std::size_t bytes) { text_.remove_prefix(bytes); }

 private:
    void skip_separator();
    std::string_view text_;
};

}  // namespace galley::document
