#include "net/request_parser.h"

#include <algorithm>

namespace galley::net {

namespace {

constexpr std::size_t kBodyReserveBytesMax = 16 * 1024;

}  // namespace

void RequestParser::start() {
    scanner_.start(HeadScanner::Part::Head);
    framing_.start(FieldRules::Section::Head);
    request_.reset();
    stage_ = Stage::Head;
    version_ = HttpVersion::Http11;
    body_bytes_max_ = 0;
    body_bytes_left_ = 0;
    refusal_ = {};
}

RequestParser::Step RequestParser::refuse(const Refusal& refusal) {
    refusal_ = refusal;
    return Step::Refused;
}

RequestParser::Step RequestParser::read_head(std::string_view input, std::size_t& taken) {
    taken = 0;
    const bool whole = scanner_.scan(input);
    if (!whole && !scanner_.refusal()) return Step::NeedMore;
    if (scanner_.has_line()) fill_request(input.substr(0, scanner_.bytes()));
    if (!whole) return refuse(scanner_.refusal());
    taken = scanner_.bytes();
    framing_ = scanner_.rules();
    body_bytes_left_ = framing_.content_length();
    stage_ = Stage::Body;
    return Step::Done;
}

// Of a head that is refused, the part that came before the fault: its answer is then logged with the request's name.
void RequestParser::fill_request(std::string_view head) {
    request_ = std::make_shared<Request>();
    request_->storage = head;
    RequestLine line;
    read_request_line(scanner_.line(request_->storage), line);
    version_ = line.version;
    request_->method = line.method;
    request_->target = line.target;
    request_->path = line.path;
    request_->query = line.query;
    request_->fields.reserve(scanner_.field_count());
    for (std::size_t i = 0; i < scanner_.field_count(); ++i) {
        request_->fields.push_back(scanner_.field(request_->storage, i));
    }
}

std::optional<std::uint64_t> RequestParser::content_length() const {
    if (framing_.chunked()) return std::nullopt;
    return framing_.content_length();
}

void RequestParser::set_body_bytes_max(std::size_t bytes) {
    body_bytes_max_ = bytes;
    chunks_.start({.body_bytes_max = bytes, .extension_bytes_max = limits_.header_bytes_max});
}

RequestParser::Step RequestParser::read_body(std::string_view input, std::size_t& taken) {
    taken = 0;
    if (stage_ == Stage::Trailer) return take_trailer(input, taken);
    return framing_.chunked() ? take_chunks(input, taken) : take_sized_body(input, taken);
}

RequestParser::Step RequestParser::take_sized_body(std::string_view input, std::size_t& taken) {
    if (request_->body.empty() && body_bytes_left_ > 0) {
        if (body_bytes_left_ > body_bytes_max_) return refuse({413, "The body is too large."});
        request_->body.reserve(std::min<std::size_t>(body_bytes_left_, kBodyReserveBytesMax));
    }
    taken = std::min<std::uint64_t>(input.size(), body_bytes_left_);
    request_->body.append(input.substr(0, taken));
    body_bytes_left_ -= taken;
    return body_bytes_left_ == 0 ? Step::Done : Step::NeedMore;
}

RequestParser::Step RequestParser::take_chunks(std::string_view input, std::size_t& taken) {
    switch (chunks_.read(input, taken, request_->body)) {
        case ChunkReader::Step::NeedMore:
            return Step::NeedMore;
        case ChunkReader::Step::Refused:
            return refuse(chunks_.refusal());
        case ChunkReader::Step::Done:
            break;
    }
    stage_ = Stage::Trailer;
    scanner_.start(HeadScanner::Part::Trailer);
    return take_trailer(input, taken);
}

// The trailer is scanned as a whole: nothing of it is taken before its end.
RequestParser::Step RequestParser::take_trailer(std::string_view input, std::size_t& taken) {
    if (scanner_.scan(input.substr(taken))) {
        taken += scanner_.bytes();
        return Step::Done;
    }
    return scanner_.refusal() ? refuse(scanner_.refusal()) : Step::NeedMore;
}

}  // namespace galley::net
