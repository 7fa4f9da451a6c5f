#include "codec/text_position.h"

namespace galley::codec {

TextPosition text_position(std::string_view text, std::size_t offset) {
    TextPosition position;
    for (const char c : text.substr(0, offset)) {
        const bool continues = (static_cast<unsigned char>(c) & 0xC0) == 0x80;
        if (c == '\n') {
            ++position.line;
            position.column = 1;
        } else if (!continues) {
            ++position.column;
        }
    }
    return position;
}

}  // namespace galley::codec
