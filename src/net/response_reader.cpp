#include "net/response_reader.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "net/http.h"
#include "net/http_syntax.h"

namespace galley::net {

namespace {

constexpr std::size_t kLengthDigitsMax = 18;
constexpr std::size_t kStatusLineBytesMin = 12;  // "HTTP/1.1 200"
constexpr int kStatusMin = 100;
constexpr int kStatusMax = 599;

bool has_no_body(int status) {
    return status == 204 || status == 304;
}

}  // namespace

ResponseReader::Step ResponseReader::step() const {
    if (state_ == State::Refused) return Step::Refused;
    return state_ == State::Done ? Step::Done : Step::NeedMore;
}

void ResponseReader::refuse(ErrorCode code, std::string why) {
    state_ = State::Refused;
    error_ = {.code = code, .message = std::move(why)};
}

ResponseReader::Step ResponseReader::take(std::string_view bytes) {
    while (!bytes.empty() && step() == Step::NeedMore)
        bytes = state_ == State::Head ? take_head(bytes) : take_body_bytes(bytes);
    return step();
}

ResponseReader::Step ResponseReader::end() {
    switch (state_) {
        case State::Head:
            refuse(ErrorCode::Unavailable, "the server closed the connection without an answer");
            break;
        case State::Chunks:
            refuse(ErrorCode::Unavailable, "the answer was cut off within its chunks");
            break;
        case State::Length:
            refuse(ErrorCode::Unavailable, "the answer was cut off: " + std::to_string(body_.size()) + " of " +
                                               std::to_string(length_) + " bytes came");
            break;
        case State::UntilEnd:
            state_ = State::Done;
            break;
        case State::Done:
        case State::Refused:
            break;
    }
    return step();
}

std::string_view ResponseReader::field(std::string_view name) const {
    const auto found =
        std::ranges::find_if(fields_, [name](const Field& field) { return equal_ignoring_case(field.name, name); });
    return found == fields_.end() ? std::string_view() : std::string_view(found->value);
}

// ---- the head

// One line, or what there is of it; gives what is left.
std::string_view ResponseReader::take_head(std::string_view bytes) {
    const std::size_t line_feed = bytes.find('\n');
    const std::size_t taken = line_feed == bytes.npos ? bytes.size() : line_feed + 1;
    if (taken > limits_.header_bytes_max - head_bytes_) {
        refuse(ErrorCode::LimitExceeded,
               "the answer's head is larger than " + std::to_string(limits_.header_bytes_max) + " bytes");
        return {};
    }
    head_bytes_ += taken;
    line_ += bytes.substr(0, std::min(line_feed, bytes.size()));
    if (line_feed != bytes.npos) {
        if (line_.ends_with('\r')) line_.pop_back();
        read_line(line_);
        line_.clear();
    }
    return bytes.substr(taken);
}

void ResponseReader::read_line(std::string_view line) {
    if (status_ == 0) return read_status_line(line);
    return line.empty() ? end_head() : read_field(line);
}

// "HTTP/1.1 200 OK", "HTTP/1.0 404"
void ResponseReader::read_status_line(std::string_view line) {
    const bool http1 = line.size() >= kStatusLineBytesMin && line.starts_with("HTTP/1.") &&
                       is_in(ByteClass::Digit, line[7]) && line[8] == ' ';
    const bool ended = line.size() == kStatusLineBytesMin || (http1 && line[kStatusLineBytesMin] == ' ');
    int status = 0;
    if (http1) std::from_chars(line.data() + 9, line.data() + kStatusLineBytesMin, status);
    const bool digits = http1 && all_in(ByteClass::Digit, line.substr(9, 3));
    if (!digits || !ended || status < kStatusMin || status > kStatusMax || !all_in(ByteClass::Value, line))
        return refuse(ErrorCode::InvalidInput, "the server does not speak HTTP/1.1");
    status_ = status;
}

void ResponseReader::read_field(std::string_view line) {
    if (fields_.size() == limits_.header_fields_max)
        return refuse(ErrorCode::LimitExceeded,
                      "the answer has more than " + std::to_string(limits_.header_fields_max) + " header fields");
    const std::size_t colon = line.find(':');
    const bool good = colon != line.npos && colon > 0 && all_in(ByteClass::Token, line.substr(0, colon)) &&
                      all_in(ByteClass::Value, line.substr(colon + 1));
    if (!good) return refuse(ErrorCode::InvalidInput, "the answer has a header field that is not well-formed");
    fields_.push_back({std::string(line.substr(0, colon)), std::string(trim_spaces(line.substr(colon + 1)))});
}

void ResponseReader::end_head() {
    if (status_ >= 200) return begin_body();
    if (status_ == 101 || ++interim_ > kInterimAnswersMax)
        return refuse(ErrorCode::InvalidInput, "the server switches protocols or never comes to its answer");
    status_ = 0;
    fields_.clear();
}

// https://www.rfc-editor.org/rfc/rfc9112#section-6.3
void ResponseReader::begin_body() {
    std::optional<std::string_view> length, coding;
    for (const Field& field : fields_) {
        if (equal_ignoring_case(field.name, "Transfer-Encoding")) {
            if (coding) return refuse(ErrorCode::InvalidInput, "the answer has two transfer codings");
            coding = field.value;
        }
        if (!equal_ignoring_case(field.name, "Content-Length")) continue;
        if (length && *length != field.value) return refuse(ErrorCode::InvalidInput, "the answer says two lengths");
        length = field.value;
    }
    if (coding && (length || !equal_ignoring_case(*coding, "chunked")))
        return refuse(ErrorCode::InvalidInput, "the answer's transfer coding is not chunked alone");
    if (has_no_body(status_)) {
        state_ = State::Done;
    } else if (coding) {
        chunks_.start({.body_bytes_max = limits_.body_bytes_max, .extension_bytes_max = limits_.header_bytes_max});
        state_ = State::Chunks;
    } else if (!length) {
        state_ = State::UntilEnd;
    } else {
        const bool number = !length->empty() && length->size() <= kLengthDigitsMax && all_in(ByteClass::Digit, *length);
        if (!number) return refuse(ErrorCode::InvalidInput, "the answer's Content-Length is no number");
        std::from_chars(length->data(), length->data() + length->size(), length_);
        if (length_ > limits_.body_bytes_max) return append_body({});
        state_ = length_ == 0 ? State::Done : State::Length;
    }
}

// ---- the body

void ResponseReader::append_body(std::string_view bytes) {
    if (length_ > limits_.body_bytes_max || bytes.size() > limits_.body_bytes_max - body_.size())
        return refuse(ErrorCode::LimitExceeded,
                      "the answer is larger than " + std::to_string(limits_.body_bytes_max) + " bytes");
    body_ += bytes;
}

std::string_view ResponseReader::take_body_bytes(std::string_view bytes) {
    if (state_ == State::UntilEnd) {
        append_body(bytes);
        return {};
    }
    if (state_ == State::Length) {
        append_body(bytes.substr(0, length_ - body_.size()));
        if (body_.size() == length_) state_ = State::Done;
        return {};
    }
    std::size_t taken = 0;
    const ChunkReader::Step read = chunks_.read(bytes, taken, body_);
    if (read == ChunkReader::Step::Done) state_ = State::Done;  // what follows are trailers, which nobody needs
    if (read == ChunkReader::Step::Refused) {
        if (chunks_.refusal().status != 413) {
            refuse(ErrorCode::InvalidInput, "the answer's chunks are not well-formed");
        } else {
            refuse(ErrorCode::LimitExceeded,
                   "the answer is larger than " + std::to_string(limits_.body_bytes_max) + " bytes");
        }
    }
    return bytes.substr(taken);
}

}  // namespace galley::net
