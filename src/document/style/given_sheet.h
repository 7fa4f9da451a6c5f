// src/document/style/given_sheet.h — a sheet that comes with the document, not from it.
#pragma once

#include <cstdint>
#include <string>

namespace galley::document {

// Whose sheet it is, the weakest first; of what is !important the weakest is the strongest.
enum class Origin : std::uint8_t { UserAgent, User, Author };

struct GivenSheet {
    std::string text;
    std::string name = {};           // in warnings; "": the document's
    Origin origin = Origin::Author;  // Author: as if it stood behind the document's own
};

}  // namespace galley::document
