// src/document/text/testing/installed_fonts.h — the machine's fonts for tests: a FontSource over the file system that
// counts.
//
// Threads  any.
#pragma once

#include <atomic>
#include <fstream>
#include <iterator>
#include <string>

#include "document/text/shaper.h"

namespace galley::document {

class InstalledFonts final : public FontSource {
 public:
    Result<Bytes> read(const std::string& path) const override {
        ++reads_;
        std::ifstream file(path, std::ios::binary);
        if (!file) return fail(ErrorCode::NotFound, "no font file", path);
        return Bytes(std::istreambuf_iterator<char>(file), {});
    }
    int reads() const { return reads_; }

 private:
    mutable std::atomic<int> reads_ = 0;
};

}  // namespace galley::document
