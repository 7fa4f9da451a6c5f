// src/app/fonts.h — the document engine's door to font files.
#pragma once

#include "document/text/shaper.h"
#include "os/files.h"

namespace galley::app {

class SystemFonts final : public document::FontSource {
 public:
    static constexpr std::uint64_t kFontBytesMax = 64u << 20;
    Result<Bytes> read(const std::string& path) const override { return os::system_files().read(path, kFontBytesMax); }
};

}  // namespace galley::app
