// src/document/html/tokenizer.h — HTML text to tags, text, comments and doctypes.
//
// Shape    next(token) until it returns false at the end of the text. Text comes in the longest runs possible, with
//          references decoded. After a start tag the tree builder may switch to raw text (style, title, …).
// Owner    tokens point into the source or the Dom's arena; attributes lie in the tokenizer until the next call.
// Threads  one.
// Source   https://html.spec.whatwg.org/multipage/parsing.html#tokenization
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "document/html/dom_builder.h"
#include "document/html/tags.h"

namespace galley::document {

enum class TokenKind : std::uint8_t { StartTag, EndTag, Characters, Comment, Doctype, End };

struct HtmlToken {
    TokenKind kind = TokenKind::End;
    Tag tag = Tag::Other;
    bool self_closing = false;
    std::string_view name;  // tag or doctype name, lower case
    std::string_view text;  // Characters, Comment
    std::vector<Attribute> attributes;
};

enum class RawText : std::uint8_t {
    None,
    Plain,       // to the end of the document
    References,  // title, textarea: references count
    Raw,         // style, xmp, …
    Script,      // as Raw, but "<!-- <script>" hides an end tag
};

class Tokenizer {
 public:
    Tokenizer(std::string_view source, DomBuilder& dom, const ParseLimits& limits);

    bool next(HtmlToken& token);
    // The text up to </name> is raw.
    void enter_raw_text(RawText kind, std::string_view name);
    void set_cdata_allowed(bool allowed) { cdata_allowed_ = allowed; }
    std::string_view source() const { return source_; }
    // Where the last token began.
    std::size_t token_begin() const { return token_begin_; }
    // Drops one newline that comes next (after <pre> and <textarea>).
    void skip_newline();

 private:
    bool read_markup(HtmlToken& token);
    void read_text(HtmlToken& token, std::size_t end);
    void read_raw_text(HtmlToken& token);
    std::size_t find_raw_end() const;
    std::size_t find_script_end() const;
    bool is_raw_end_at(std::size_t at, std::string_view name) const;
    void read_tag(HtmlToken& token, TokenKind kind);
    bool read_attribute(HtmlToken& token);
    void add_attribute(HtmlToken& token, std::string_view name, std::string_view value);
    std::string_view read_attribute_value();
    void read_comment(HtmlToken& token);
    void read_bogus_comment(HtmlToken& token);
    void read_doctype(HtmlToken& token);
    void read_cdata(HtmlToken& token);
    void skip_space();
    std::string_view lowered(std::string_view name);
    bool starts_with(std::string_view text) const { return source_.substr(at_, text.size()) == text; }

    std::string_view source_;
    DomBuilder& dom_;
    const ParseLimits& limits_;
    std::size_t at_ = 0, token_begin_ = 0;
    RawText raw_ = RawText::None;
    std::string raw_name_;
    bool cdata_allowed_ = false;
    std::string scratch_;
    std::string lower_scratch_;
};

}  // namespace galley::document
