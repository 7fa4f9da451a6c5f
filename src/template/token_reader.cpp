#include "template/token_reader.h"

#include <algorithm>

namespace galley::templates {

std::string TokenReader::found() const {
    switch (peek().kind) {
        case TokenKind::End:
        case TokenKind::Text:
            return ", found the template's end";
        case TokenKind::PrintEnd:
        case TokenKind::BlockEnd:
            return ", found the tag's end";
        default:
            return ", found \"" + peek().text.substr(0, 40) + "\"";
    }
}

std::uint32_t TokenReader::line() {
    const std::string_view passed =
        std::string_view(tokenized_.source).substr(counted_to_, peek().offset - counted_to_);
    line_ += static_cast<std::uint32_t>(std::ranges::count(passed, '\n'));
    counted_to_ = peek().offset;
    return line_;
}

}  // namespace galley::templates
