#include "net/chunk_reader.h"

#include <algorithm>

namespace galley::net {

namespace {

constexpr std::size_t kChunkSizeDigitsMax = 16;

unsigned hex_value(char c) {
    if (c <= '9') return static_cast<unsigned>(c - '0');
    return static_cast<unsigned>((c | 0x20) - 'a') + 10;
}

}  // namespace

void ChunkReader::start(const ChunkLimits& limits) {
    *this = ChunkReader();
    limits_ = limits;
}

ChunkReader::Step ChunkReader::read(std::string_view input, std::size_t& taken, Bytes& body) {
    taken = 0;
    while (taken < input.size() && state_ != State::Done && !refusal_) {
        if (state_ != State::Data) {
            step(input[taken++], body.size());
            continue;
        }
        const std::size_t size = std::min<std::uint64_t>(size_left_, input.size() - taken);
        body.append(input.substr(taken, size));
        taken += size;
        size_left_ -= size;
        if (size_left_ == 0) state_ = State::DataCr;
    }
    if (refusal_) return Step::Refused;
    return state_ == State::Done ? Step::Done : Step::NeedMore;
}

void ChunkReader::step(char c, std::size_t body_size) {
    switch (state_) {
        case State::Size:
            return take_size(c);
        case State::ExtensionName:
        case State::ExtensionValueBegin:
        case State::ExtensionValue:
            return take_extension(c);
        case State::Quoted:
        case State::QuotedEscape:
        case State::QuotedEnd:
            return take_quoted(c);
        case State::SizeEnd:
            return c == '\n' ? end_size_line(body_size) : refuse_form();
        case State::DataCr:
            return expect(c, '\r', State::DataLf);
        case State::DataLf:
            return expect(c, '\n', State::Size);
        case State::Data:
        case State::Done:
            return;
    }
}

void ChunkReader::expect(char c, char wanted, State next) {
    if (c != wanted) return refuse_form();
    state_ = next;
    size_left_ = 0;
    digits_ = 0;
}

void ChunkReader::take_size(char c) {
    if (is_in(ByteClass::Hex, c)) {
        if (++digits_ > kChunkSizeDigitsMax) return refuse_form();
        size_left_ = size_left_ * 16 + hex_value(c);
        return;
    }
    if (digits_ == 0) return refuse_form();
    end_of_extension_part(c);
}

// What may follow a size, an extension's name without a value, or its value.
void ChunkReader::end_of_extension_part(char c) {
    part_bytes_ = 0;
    if (c == ';') {
        state_ = State::ExtensionName;
    } else if (c == '\r') {
        state_ = State::SizeEnd;
    } else {
        refuse_form();
    }
}

void ChunkReader::take_extension(char c) {
    if (++extension_bytes_ > limits_.extension_bytes_max) return refuse(400, "The chunk extensions are too long.");
    if (is_in(ByteClass::Token, c)) {
        ++part_bytes_;
        if (state_ == State::ExtensionValueBegin) state_ = State::ExtensionValue;
        return;
    }
    if (state_ == State::ExtensionValueBegin && c == '"') {
        state_ = State::Quoted;
        return;
    }
    if (part_bytes_ == 0) return refuse_form();
    if (state_ == State::ExtensionName && c == '=') {
        part_bytes_ = 0;
        state_ = State::ExtensionValueBegin;
        return;
    }
    end_of_extension_part(c);
}

void ChunkReader::take_quoted(char c) {
    if (++extension_bytes_ > limits_.extension_bytes_max) return refuse(400, "The chunk extensions are too long.");
    if (state_ == State::QuotedEnd) return end_of_extension_part(c);
    if (!is_in(ByteClass::Value, c)) return refuse_form();
    if (state_ == State::QuotedEscape) {
        state_ = State::Quoted;
    } else if (c == '"') {
        state_ = State::QuotedEnd;
    } else if (c == '\\') {
        state_ = State::QuotedEscape;
    }
}

void ChunkReader::end_size_line(std::size_t body_size) {
    if (size_left_ == 0) {
        state_ = State::Done;
        return;
    }
    if (size_left_ > limits_.body_bytes_max - std::min(body_size, limits_.body_bytes_max)) {
        return refuse(413, "The body is too large.");
    }
    state_ = State::Data;
}

}  // namespace galley::net
