#include "codec/decompression.h"

#include <brotli/decode.h>
#include <libdeflate.h>
#include <zstd.h>

#include <algorithm>
#include <memory>

#include "codec/header_value.h"

namespace galley::codec {

namespace {

constexpr std::size_t kStepBytes = 64 * 1024;
constexpr std::size_t kFirstGuess = 4;  // times the compressed size
constexpr std::size_t kGzipTrailerBytes = 8;

std::unexpected<Error> too_large(std::uint64_t bytes_max) {
    return fail(ErrorCode::LimitExceeded, "unpacked it is larger than " + std::to_string(bytes_max) + " bytes");
}

std::unexpected<Error> broken(std::string_view coding) {
    return fail(ErrorCode::InvalidInput, "its " + std::string(coding) + " coding is broken or cut off");
}

using Inflater =
    std::unique_ptr<libdeflate_decompressor,
                    decltype([](libdeflate_decompressor* inflater) { libdeflate_free_decompressor(inflater); })>;

// One member of a gzip file, appended to `out`. libdeflate wants room for all of it: what its trailer says is a guess,
// which a hostile one makes wrong, so there is never more room than may be used.
Result<std::size_t> gunzip_member(libdeflate_decompressor* inflater, std::string_view bytes, std::uint64_t bytes_max,
                                  Bytes& out) {
    const std::size_t before = out.size();
    const std::uint64_t most = bytes_max - before;
    std::uint64_t room = std::min<std::uint64_t>(most, std::max(bytes.size() * kFirstGuess, kStepBytes));
    while (true) {
        std::size_t taken = 0, made = 0;
        libdeflate_result result = LIBDEFLATE_BAD_DATA;
        out.resize_and_overwrite(before + room, [&](char* data, std::size_t) {
            result =
                libdeflate_gzip_decompress_ex(inflater, bytes.data(), bytes.size(), data + before, room, &taken, &made);
            return result == LIBDEFLATE_SUCCESS ? before + made : before;
        });
        if (result == LIBDEFLATE_SUCCESS) return taken;
        if (result != LIBDEFLATE_INSUFFICIENT_SPACE) return broken("gzip");
        if (room == most) return too_large(bytes_max);
        room = std::min(most, room * 2);
    }
}

Result<Bytes> gunzip(std::string_view bytes, std::uint64_t bytes_max) {
    const Inflater inflater(libdeflate_alloc_decompressor());
    GALLEY_CHECK(inflater != nullptr);
    Bytes out;
    do {
        GALLEY_TRY(const std::size_t taken, gunzip_member(inflater.get(), bytes, bytes_max, out));
        bytes.remove_prefix(taken);
    } while (bytes.size() > kGzipTrailerBytes);
    if (!bytes.empty()) return broken("gzip");
    return out;
}

Result<Bytes> unbrotli(std::string_view bytes, std::uint64_t bytes_max) {
    struct Free {
        void operator()(BrotliDecoderState* state) const { BrotliDecoderDestroyInstance(state); }
    };
    const std::unique_ptr<BrotliDecoderState, Free> state(BrotliDecoderCreateInstance(nullptr, nullptr, nullptr));
    GALLEY_CHECK(state != nullptr);
    const auto* next = reinterpret_cast<const std::uint8_t*>(bytes.data());
    std::size_t left = bytes.size();
    Bytes out;
    while (true) {
        std::size_t none = 0;
        const auto result = BrotliDecoderDecompressStream(state.get(), &left, &next, &none, nullptr, nullptr);
        std::size_t size = 0;  // all that is there
        const std::uint8_t* made = BrotliDecoderTakeOutput(state.get(), &size);
        if (size > bytes_max - out.size()) return too_large(bytes_max);
        out.append(reinterpret_cast<const char*>(made), size);
        if (result == BROTLI_DECODER_RESULT_SUCCESS && left == 0) return out;
        if (result != BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT) return broken("br");
    }
}

Result<Bytes> unzstd(std::string_view bytes, std::uint64_t bytes_max) {
    struct Free {
        void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
    };
    const std::unique_ptr<ZSTD_DCtx, Free> context(ZSTD_createDCtx());
    GALLEY_CHECK(context != nullptr);
    ZSTD_DCtx_setParameter(context.get(), ZSTD_d_windowLogMax, kWindowBitsMax);
    const auto buffer = std::make_unique<char[]>(kStepBytes);
    ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
    Bytes out;
    while (true) {
        ZSTD_outBuffer step{buffer.get(), kStepBytes, 0};
        const std::size_t before = in.pos;
        const std::size_t hint = ZSTD_decompressStream(context.get(), &step, &in);
        if (ZSTD_isError(hint)) return broken("zstd");
        if (step.pos > bytes_max - out.size()) return too_large(bytes_max);
        out.append(buffer.get(), step.pos);
        if (hint == 0 && in.pos == in.size) return out;
        if (step.pos == 0 && in.pos == before) return broken("zstd");
    }
}

}  // namespace

std::optional<Coding> coding_of(std::string_view name) {
    const std::string lower = ascii_lower(name);
    if (lower == "identity") return Coding::Identity;
    if (lower == "x-gzip") return Coding::Gzip;
    const auto found = std::ranges::find(kCodings, lower, coding_name);
    if (found == kCodings.end()) return std::nullopt;
    return *found;
}

Result<Bytes> decompress(Coding coding, std::string_view bytes, std::uint64_t bytes_max) {
    switch (coding) {
        case Coding::Identity:
            break;
        case Coding::Gzip:
            return gunzip(bytes, bytes_max);
        case Coding::Brotli:
            return unbrotli(bytes, bytes_max);
        case Coding::Zstd:
            return unzstd(bytes, bytes_max);
    }
    if (bytes.size() > bytes_max) return too_large(bytes_max);
    return Bytes(bytes);
}

}  // namespace galley::codec
