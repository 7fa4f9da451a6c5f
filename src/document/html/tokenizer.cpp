#include "document/html/tokenizer.h"

#include <algorithm>

#include "document/html/entities.h"

namespace galley::document {

namespace {

constexpr std::size_t kNone = std::string_view::npos;

bool is_space(char c) {
    return c == ' ' || c == '\n' || c == '\t' || c == '\f' || c == '\r';
}
bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
char to_lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

bool equals_lower(std::string_view text, std::string_view lower) {
    return std::ranges::equal(text, lower, [](char a, char b) { return to_lower(a) == b; });
}

}  // namespace

Tokenizer::Tokenizer(std::string_view source, DomBuilder& dom, const ParseLimits& limits)
    : source_(source), dom_(dom), limits_(limits) {}

void Tokenizer::enter_raw_text(RawText kind, std::string_view name) {
    raw_ = kind;
    raw_name_ = name;
}

void Tokenizer::skip_newline() {
    if (at_ < source_.size() && source_[at_] == '\n') ++at_;
}

bool Tokenizer::next(HtmlToken& token) {
    token.attributes.clear();
    token.self_closing = false;
    while (at_ < source_.size()) {
        token_begin_ = at_;
        if (raw_ != RawText::None) {
            read_raw_text(token);
            if (!token.text.empty()) return true;
            continue;
        }
        if (source_[at_] == '<' && read_markup(token)) return true;
        if (at_ >= source_.size()) break;
        read_text(token, std::min(source_.find('<', at_ + 1), source_.size()));
        return true;
    }
    token_begin_ = source_.size();
    token.kind = TokenKind::End;
    token.tag = Tag::Other;
    return false;
}

void Tokenizer::read_text(HtmlToken& token, std::size_t end) {
    token.kind = TokenKind::Characters;
    token.text = source_.substr(at_, end - at_);
    at_ = end;
    if (token.text.find('&') == kNone) return;
    scratch_.clear();
    append_decoded(scratch_, token.text, ReferenceContext::Data);
    token.text = dom_.copy(scratch_);
}

// At '<'. False: this < is text.
bool Tokenizer::read_markup(HtmlToken& token) {
    const char next = at_ + 1 < source_.size() ? source_[at_ + 1] : '\0';
    if (is_letter(next)) {
        at_ += 1;
        read_tag(token, TokenKind::StartTag);
        return true;
    }
    if (next == '/') {
        const char after = at_ + 2 < source_.size() ? source_[at_ + 2] : '\0';
        if (at_ + 2 >= source_.size()) return false;
        at_ += 2;
        if (is_letter(after)) {
            read_tag(token, TokenKind::EndTag);
        } else if (after == '>') {
            at_ += 1;  // "</>" is nothing
            token.kind = TokenKind::Characters;
            token.text = {};
        } else {
            read_bogus_comment(token);
        }
        return true;
    }
    if (next == '!') {
        at_ += 2;
        if (starts_with("--")) {
            read_comment(token);
        } else if (equals_lower(source_.substr(at_, 7), "doctype")) {
            read_doctype(token);
        } else if (cdata_allowed_ && starts_with("[CDATA[")) {
            read_cdata(token);
        } else {
            read_bogus_comment(token);
        }
        return true;
    }
    if (next == '?') {
        at_ += 1;
        read_bogus_comment(token);
        return true;
    }
    return false;
}

std::string_view Tokenizer::lowered(std::string_view name) {
    if (std::ranges::none_of(name, [](char c) { return c >= 'A' && c <= 'Z'; })) return name;
    lower_scratch_.assign(name);
    std::ranges::transform(lower_scratch_, lower_scratch_.begin(), to_lower);
    return dom_.intern(lower_scratch_);
}

void Tokenizer::skip_space() {
    while (at_ < source_.size() && is_space(source_[at_])) ++at_;
}

// At the first letter of the name. A tag that the text ends in is dropped (spec: eof-in-tag).
void Tokenizer::read_tag(HtmlToken& token, TokenKind kind) {
    const std::size_t start = at_;
    while (at_ < source_.size() && !is_space(source_[at_]) && source_[at_] != '/' && source_[at_] != '>') ++at_;
    token.kind = kind;
    token.name = lowered(source_.substr(start, at_ - start));
    token.tag = find_tag(token.name);
    while (true) {
        skip_space();
        if (at_ >= source_.size()) break;
        if (source_[at_] == '>') {
            ++at_;
            return;
        }
        if (source_[at_] == '/') {
            ++at_;
            token.self_closing = at_ < source_.size() && source_[at_] == '>';
            continue;
        }
        if (!read_attribute(token)) break;
    }
    token.kind = TokenKind::Characters;
    token.text = {};
}

bool Tokenizer::read_attribute(HtmlToken& token) {
    const std::size_t start = at_;
    if (source_[at_] == '=') ++at_;  // a leading = belongs to the name
    while (at_ < source_.size() && !is_space(source_[at_]) && source_[at_] != '/' && source_[at_] != '>' &&
           source_[at_] != '=')
        ++at_;
    const std::string_view name = source_.substr(start, at_ - start);
    const std::size_t after_name = at_;
    skip_space();
    if (at_ >= source_.size()) return false;
    if (source_[at_] != '=') {
        at_ = after_name;
        add_attribute(token, name, {});
        return true;
    }
    ++at_;
    skip_space();
    if (at_ >= source_.size()) return false;
    const std::string_view value = read_attribute_value();
    if (at_ >= source_.size()) return false;
    add_attribute(token, name, value);
    return true;
}

std::string_view Tokenizer::read_attribute_value() {
    const char quote = source_[at_];
    std::string_view value;
    if (quote == '"' || quote == '\'') {
        const std::size_t end = std::min(source_.find(quote, at_ + 1), source_.size());
        value = source_.substr(at_ + 1, end - at_ - 1);
        at_ = std::min(end + 1, source_.size());
    } else {
        const std::size_t start = at_;
        while (at_ < source_.size() && !is_space(source_[at_]) && source_[at_] != '>') ++at_;
        value = source_.substr(start, at_ - start);
    }
    if (value.find('&') == kNone) return value;
    scratch_.clear();
    append_decoded(scratch_, value, ReferenceContext::AttributeValue);
    return dom_.copy(scratch_);
}

void Tokenizer::add_attribute(HtmlToken& token, std::string_view name, std::string_view value) {
    if (token.kind != TokenKind::StartTag || token.attributes.size() >= limits_.attributes_max) return;
    const std::string_view shared = dom_.intern(lowered(name));
    for (const Attribute& seen : token.attributes) {
        if (seen.name.data() == shared.data()) return;
    }
    token.attributes.push_back({shared, value});
}

// After "<!--".
void Tokenizer::read_comment(HtmlToken& token) {
    token.kind = TokenKind::Comment;
    at_ += 2;
    const std::size_t start = at_;
    if (starts_with(">") || starts_with("->")) {
        token.text = {};
        at_ = source_.find('>', at_) + 1;
        return;
    }
    for (std::size_t end = source_.find("--", at_); end != kNone; end = source_.find("--", end + 1)) {
        const std::size_t bang = end + 2 < source_.size() && source_[end + 2] == '!' ? 1 : 0;
        if (end + 2 + bang < source_.size() && source_[end + 2 + bang] == '>') {
            token.text = source_.substr(start, end - start);
            at_ = end + 3 + bang;
            return;
        }
    }
    token.text = source_.substr(start);
    at_ = source_.size();
}

void Tokenizer::read_bogus_comment(HtmlToken& token) {
    const std::size_t end = std::min(source_.find('>', at_), source_.size());
    token.kind = TokenKind::Comment;
    token.text = source_.substr(at_, end - at_);
    at_ = std::min(end + 1, source_.size());
}

// At "doctype". Public and system identifiers are not kept: nothing here depends on them.
void Tokenizer::read_doctype(HtmlToken& token) {
    at_ += 7;
    skip_space();
    const std::size_t start = at_;
    while (at_ < source_.size() && !is_space(source_[at_]) && source_[at_] != '>') ++at_;
    token.kind = TokenKind::Doctype;
    token.name = lowered(source_.substr(start, at_ - start));
    at_ = std::min(source_.find('>', at_), source_.size() - 1) + 1;
}

void Tokenizer::read_cdata(HtmlToken& token) {
    at_ += 7;
    const std::size_t end = std::min(source_.find("]]>", at_), source_.size());
    token.kind = TokenKind::Characters;
    token.text = source_.substr(at_, end - at_);
    at_ = std::min(end + 3, source_.size());
}

bool Tokenizer::is_raw_end_at(std::size_t at, std::string_view name) const {
    if (!equals_lower(source_.substr(at + 2, name.size()), name)) return false;
    const std::size_t after = at + 2 + name.size();
    return after < source_.size() && (is_space(source_[after]) || source_[after] == '/' || source_[after] == '>');
}

std::size_t Tokenizer::find_raw_end() const {
    if (raw_ == RawText::Plain) return source_.size();
    if (raw_ == RawText::Script) return find_script_end();
    for (std::size_t at = source_.find("</", at_); at != kNone; at = source_.find("</", at + 2)) {
        if (is_raw_end_at(at, raw_name_)) return at;
    }
    return source_.size();
}

// "<!--" then "<script" hides the next </script, until "-->".
std::size_t Tokenizer::find_script_end() const {
    bool escaped = false, hidden = false;
    for (std::size_t at = at_; at < source_.size(); ++at) {
        if (source_[at] == '-' && escaped && source_.substr(at, 3) == "-->") escaped = hidden = false;
        if (source_[at] != '<') continue;
        if (source_.substr(at, 4) == "<!--") {
            escaped = true;
        } else if (escaped && !hidden && equals_lower(source_.substr(at, 7), "<script")) {
            hidden = true;
        } else if (source_.substr(at, 2) == "</" && is_raw_end_at(at, "script")) {
            if (!hidden) return at;
            hidden = false;
        }
    }
    return source_.size();
}

void Tokenizer::read_raw_text(HtmlToken& token) {
    const std::size_t end = find_raw_end();
    token.kind = TokenKind::Characters;
    token.text = source_.substr(at_, end - at_);
    at_ = end;
    if (raw_ == RawText::References && token.text.find('&') != kNone) {
        scratch_.clear();
        append_decoded(scratch_, token.text, ReferenceContext::Data);
        token.text = dom_.copy(scratch_);
    }
    raw_ = RawText::None;
}

}  // namespace galley::document
