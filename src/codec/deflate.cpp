#include "codec/deflate.h"

#include <libdeflate.h>

#include <algorithm>

namespace galley::codec {

DeflatePool::~DeflatePool() {
    for (const Idle& idle : idle_) libdeflate_free_compressor(idle.compressor);
}

libdeflate_compressor* DeflatePool::borrow(int level) {
    {
        const MutexLock lock(mutex_);
        const auto found = std::ranges::find(idle_, level, &Idle::level);
        if (found != idle_.end()) {
            libdeflate_compressor* const compressor = found->compressor;
            idle_.erase(found);
            return compressor;
        }
    }
    libdeflate_compressor* const fresh = libdeflate_alloc_compressor(level);
    GALLEY_CHECK(fresh != nullptr);
    return fresh;
}

void DeflatePool::give_back(int level, libdeflate_compressor* compressor) {
    const MutexLock lock(mutex_);
    if (idle_.size() < kIdleCompressorsMax)
        idle_.push_back({level, compressor});
    else
        libdeflate_free_compressor(compressor);
}

void DeflatePool::compress(std::string_view bytes, int level, std::string& out) {
    level = std::clamp(level, 1, 12);
    libdeflate_compressor* const compressor = borrow(level);
    const std::size_t before = out.size();
    out.resize_and_overwrite(before + libdeflate_zlib_compress_bound(compressor, bytes.size()), [&](char* data,
                                                                                                    std::size_t size) {
        return before + libdeflate_zlib_compress(compressor, bytes.data(), bytes.size(), data + before, size - before);
    });
    give_back(level, compressor);
}

Result<Bytes> inflate_zlib(std::string_view bytes, std::size_t size_max) {
    struct Free {
        void operator()(libdeflate_decompressor* d) const { libdeflate_free_decompressor(d); }
    };
    const std::unique_ptr<libdeflate_decompressor, Free> decompressor(libdeflate_alloc_decompressor());
    if (!decompressor) return fail(ErrorCode::Internal, "no memory for a decompressor");
    Bytes out(size_max, '\0');
    std::size_t size = 0;
    const libdeflate_result result =
        libdeflate_zlib_decompress(decompressor.get(), bytes.data(), bytes.size(), out.data(), out.size(), &size);
    if (result == LIBDEFLATE_INSUFFICIENT_SPACE) return fail(ErrorCode::LimitExceeded, "more data than declared");
    if (result != LIBDEFLATE_SUCCESS) return fail(ErrorCode::InvalidInput, "broken compressed data");
    out.resize(size);
    return out;
}

}  // namespace galley::codec
