// src/document/text/font_source.h — where the bytes of font files and hyphenation dictionaries come from.
#pragma once

#include <string>

#include "base/bytes.h"
#include "base/error.h"

namespace galley::document {

struct FontSource {
    virtual ~FontSource() = default;
    virtual Result<Bytes> read(const std::string& path) const = 0;  // font files named by fontconfig
};

}  // namespace galley::document
