// src/codec/deflate.h — zlib streams by libdeflate, with compressors kept between documents.
//
// Shape    DeflatePool::compress(bytes, level) → zlib stream; inflate_zlib(bytes, size_max) → the bytes again.
// Errors   inflate_zlib: InvalidInput (broken), LimitExceeded (larger than size_max).
// Threads  any; a compressor is lent to one caller at a time.
// Limits   kIdleCompressorsMax compressors wait for the next caller.
// Source   RFC 1950, RFC 1951. libdeflate gives the same bytes on every machine.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/mutex.h"

struct libdeflate_compressor;

namespace galley::codec {

inline constexpr std::size_t kIdleCompressorsMax = 4;

class DeflatePool {
 public:
    DeflatePool() = default;
    ~DeflatePool();
    DeflatePool(const DeflatePool&) = delete;
    DeflatePool& operator=(const DeflatePool&) = delete;

    // Appends to `out`. level 1–12, others are brought into that range.
    void compress(std::string_view bytes, int level, std::string& out);

 private:
    struct Idle {
        int level;
        libdeflate_compressor* compressor;
    };
    libdeflate_compressor* borrow(int level) GALLEY_EXCLUDES(mutex_);
    void give_back(int level, libdeflate_compressor* compressor) GALLEY_EXCLUDES(mutex_);

    Mutex mutex_;
    std::vector<Idle> idle_ GALLEY_GUARDED_BY(mutex_);
};

Result<Bytes> inflate_zlib(std::string_view bytes, std::size_t size_max);

}  // namespace galley::codec
