// src/net/chunk_reader.h — takes the chunks of a body apart, byte by byte as they come.
//
// Shape    start(); read(bytes, taken, body) appends to `body`. Done stands after the last chunk's line: the trailer
//          section, which is at least an empty line, follows.
// Errors   400, 413 — the same wherever the bytes are cut. Each is known at the byte that shows it.
// Threads  one.
// Limits   body_bytes_max for what is appended; kChunkSizeDigitsMax digits; extension_bytes_max for all extensions of
//          one body together.
// Source   RFC 9112 §7.1. Stricter: no blanks in a chunk's line outside a quoted string; extensions must be
//          well-formed, and are dropped.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/bytes.h"
#include "net/http_syntax.h"

namespace galley::net {

struct ChunkLimits {
    std::size_t body_bytes_max = 0;
    std::size_t extension_bytes_max = 0;
};

class ChunkReader {
 public:
    enum class Step : std::uint8_t { NeedMore, Done, Refused };

    void start(const ChunkLimits& limits);
    Step read(std::string_view input, std::size_t& taken, Bytes& body);
    const Refusal& refusal() const { return refusal_; }

 private:
    enum class State : std::uint8_t {
        Size,
        ExtensionName,
        ExtensionValueBegin,
        ExtensionValue,
        Quoted,
        QuotedEscape,
        QuotedEnd,
        SizeEnd,  // at the LF
        Data,
        DataCr,
        DataLf,
        Done,
    };

    void step(char c, std::size_t body_size);
    void take_size(char c);
    void take_extension(char c);
    void take_quoted(char c);
    void end_of_extension_part(char c);
    void end_size_line(std::size_t body_size);
    void expect(char c, char wanted, State next);
    void refuse(int status, std::string_view detail) { refusal_ = {status, detail}; }
    void refuse_form() { refuse(400, "The chunked body is not well-formed."); }

    ChunkLimits limits_;
    State state_ = State::Size;
    std::uint64_t size_left_ = 0;
    std::size_t digits_ = 0;
    std::size_t part_bytes_ = 0;  // of the extension's name or value under way
    std::size_t extension_bytes_ = 0;
    Refusal refusal_{};
};

}  // namespace galley::net
