// src/tasks/text.h — cutting text to a size without cutting a character in two.
#pragma once

#include <string_view>

namespace galley::tasks {

constexpr std::string_view cut_utf8(std::string_view text, std::size_t bytes_max) {
    if (text.size() <= bytes_max) return text;
    std::size_t end = bytes_max;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
    return text.substr(0, end);
}

}  // namespace galley::tasks
