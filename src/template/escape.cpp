#include "template/escape.h"

namespace galley::templates {

namespace {

std::string_view entity_of(char c) {
    switch (c) {
        case '&':
            return "&amp;";
        case '<':
            return "&lt;";
        case '>':
            return "&gt;";
        case '"':
            return "&#34;";
        default:
            return "&#39;";
    }
}

bool is_special(char c) {
    return c == '&' || c == '<' || c == '>' || c == '"' || c == '\'';
}

}  // namespace

void append_escaped(std::string& out, std::string_view text) {
    std::size_t done = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (!is_special(text[i])) [[likely]]
            continue;
        out.append(text, done, i - done).append(entity_of(text[i]));
        done = i + 1;
    }
    out.append(text, done);
}

}  // namespace galley::templates
