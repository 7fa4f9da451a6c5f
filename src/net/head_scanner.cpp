#include "net/head_scanner.h"

namespace galley::net {

namespace {

constexpr std::size_t kMethodBytesMax = 32;
constexpr std::string_view kVersionForm = "HTTP/0.0";
constexpr std::string_view kBadLineEnd = "A line does not end in CR LF.";

}  // namespace

void HeadScanner::start(Part part) {
    part_ = part;
    in_request_line_ = part == Part::Head;
    state_ = in_request_line_ ? State::Method : State::FieldStart;
    has_line_ = false;
    at_ = 0;
    begin_ = 0;
    fields_.clear();
    rules_.start(part == Part::Head ? FieldRules::Section::Head : FieldRules::Section::Trailer);
    refusal_ = {};
}

bool HeadScanner::scan(std::string_view input) {
    const std::string_view allowed = input.substr(0, limits_.header_bytes_max);
    while (at_ < allowed.size() && state_ != State::Done && !refusal_) step(allowed);
    if (!refusal_ && state_ != State::Done && input.size() > allowed.size()) refuse_size();
    return state_ == State::Done && !refusal_;
}

void HeadScanner::refuse_size() {
    if (in_request_line_) return refuse(414, "The request line is too long.");
    refuse(431, "The header fields are too large together.");
}

void HeadScanner::step(std::string_view input) {
    switch (state_) {
        case State::Method:
            return scan_method(input);
        case State::Target:
            return scan_target(input);
        case State::Version:
            return scan_version(input);
        case State::LineEnd:
            return end_line(input);
        case State::FieldStart:
            return begin_field(input[at_]);
        case State::Name:
            return scan_name(input);
        case State::Value:
            return scan_value(input);
        case State::LastLineEnd:
            return end_head(input);
        case State::Done:
            return;
    }
}

void HeadScanner::scan_method(std::string_view input) {
    at_ = skip(ByteClass::Token, input, at_);
    if (at_ > kMethodBytesMax) return refuse(400, "The request line does not begin with a method.");
    if (at_ == input.size()) return;
    if (at_ == 0 || input[at_] != ' ') return refuse(400, "The request line does not begin with a method.");
    method_ = {0, at_};
    begin_ = ++at_;
    state_ = State::Target;
}

void HeadScanner::scan_target(std::string_view input) {
    at_ = skip(ByteClass::Target, input, at_);
    if (at_ - begin_ > limits_.url_bytes_max) return refuse(414, "The URL is too long.");
    if (at_ == input.size()) return;
    if (at_ == begin_ || input[at_] != ' ') return refuse(400, "The request target is not well-formed.");
    target_ = {begin_, at_};
    begin_ = ++at_;
    state_ = State::Version;
}

// "HTTP/", digit, dot, digit, CR.
void HeadScanner::scan_version(std::string_view input) {
    const std::size_t place = at_ - begin_;
    const char c = input[at_++];
    if (place == kVersionForm.size() && c == '\r') {
        version_text_ = {begin_, at_ - 1};
        state_ = State::LineEnd;
        return;
    }
    const bool fits = place < kVersionForm.size() &&
                      (kVersionForm[place] == '0' ? is_in(ByteClass::Digit, c) : kVersionForm[place] == c);
    if (!fits) refuse(400, "The request line is not well-formed.");
}

// At the LF of a line that is not empty.
void HeadScanner::end_line(std::string_view input) {
    if (input[at_++] != '\n') return refuse(400, kBadLineEnd);
    state_ = State::FieldStart;
    if (in_request_line_) {
        in_request_line_ = false;
        RequestLine parsed;
        refusal_ = read_request_line(line(input), parsed);
        version_ = parsed.version;
        has_line_ = !refusal_;
        return;
    }
    const HeaderField last = field(input, fields_.size() - 1);
    refusal_ = rules_.take(last.name, last.value);
}

void HeadScanner::begin_field(char first) {
    if (first == '\r') {
        ++at_;
        state_ = State::LastLineEnd;
        return;
    }
    if (first == ' ' || first == '\t') return refuse(400, "Folded header lines are not accepted.");
    if (fields_.size() == limits_.header_fields_max) return refuse(431, "There are too many header fields.");
    begin_ = at_;
    state_ = State::Name;
}

void HeadScanner::scan_name(std::string_view input) {
    at_ = skip(ByteClass::Token, input, at_);
    if (at_ == input.size()) return;
    if (at_ == begin_ || input[at_] != ':') return refuse(400, "A header field has no well-formed name.");
    fields_.push_back({{begin_, at_}, {}});
    begin_ = ++at_;
    state_ = State::Value;
}

void HeadScanner::scan_value(std::string_view input) {
    at_ = skip(ByteClass::Value, input, at_);
    if (at_ == input.size()) return;
    if (input[at_] != '\r') return refuse(400, "A header field holds a control character or a bare LF.");
    fields_.back().value = {begin_, at_++};
    state_ = State::LineEnd;
}

// At the LF of the empty line.
void HeadScanner::end_head(std::string_view input) {
    if (input[at_++] != '\n') return refuse(400, kBadLineEnd);
    state_ = State::Done;
    if (part_ == Part::Head) refusal_ = rules_.finish(version_);
}

RequestLineText HeadScanner::line(std::string_view text) const {
    return {method_.of(text), target_.of(text), version_text_.of(text)};
}

// A field whose value is under way when the head is refused has no end yet.
std::size_t HeadScanner::field_count() const {
    const bool last_is_whole = fields_.empty() || fields_.back().value.end > 0;
    return fields_.size() - (last_is_whole ? 0 : 1);
}

HeaderField HeadScanner::field(std::string_view text, std::size_t index) const {
    const FieldSpan& span = fields_[index];
    return {span.name.of(text), trim_spaces(span.value.of(text))};
}

}  // namespace galley::net
