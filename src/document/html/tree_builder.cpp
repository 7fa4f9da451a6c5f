#include "document/html/tree_builder.h"

namespace galley::document {

namespace {

constexpr int kReprocessMax = 64;

constexpr TagSet kHeadTags{Tag::k_base,  Tag::k_basefont, Tag::k_bgsound, Tag::k_link,     Tag::k_meta,
                           Tag::k_title, Tag::k_style,    Tag::k_script,  Tag::k_noframes, Tag::k_noscript};

}  // namespace

TreeBuilder::TreeBuilder(Tokenizer& tokenizer, DomBuilder& dom, const ParseLimits& limits)
    : tokenizer_(tokenizer), dom_(dom), limits_(limits) {}

Result<void> TreeBuilder::build() {
    HtmlToken token;
    while (tokenizer_.next(token)) {
        if (dom_.full()) {
            return fail(ErrorCode::LimitExceeded,
                        "the document has more than " + std::to_string(limits_.nodes_max) + " nodes");
        }
        process(token);
    }
    process(token);
    if (run_body_ != nullptr) dom_.keep_run();
    dom_.quirks = quirks_;
    dom_.finish(html_, head_, body_);
    return {};
}

void TreeBuilder::process(HtmlToken& token) {
    if (handle_overflow(token)) return;
    // No token is looked at in more modes than this; the bound only guards against a mistake in the modes.
    for (int turn = 0; turn < kReprocessMax && dispatch(token) == Next::Reprocess; ++turn) {
    }
    tokenizer_.set_cdata_allowed(open_foreign_ != 0 && current().node->foreign);
}

// Elements beyond depth_max become children of the deepest open element and are not opened themselves.
bool TreeBuilder::handle_overflow(HtmlToken& token) {
    if (stack_.size() < limits_.depth_max || mode_ == Mode::Text) return false;
    if (token.kind == TokenKind::StartTag) {
        Node& node = dom_.make_element(token.tag, token.name, token.attributes);
        dom_.insert({current().node, nullptr}, node);
        if (!kVoidTags.has(token.tag) && !token.self_closing) ++overflow_;
        if (token.tag == Tag::k_style || token.tag == Tag::k_script)
            tokenizer_.enter_raw_text(RawText::Raw, token.name);
        return true;
    }
    if (token.kind == TokenKind::EndTag && overflow_ > 0) {
        --overflow_;
        return true;
    }
    if (token.kind == TokenKind::Characters) {
        insert_characters(token.text);
        return true;
    }
    return false;
}

TreeBuilder::Next TreeBuilder::dispatch(HtmlToken& token) {
    if (open_foreign_ != 0 && wants_foreign(token)) return in_foreign(token);
    return dispatch_by_mode(token);
}

TreeBuilder::Next TreeBuilder::dispatch_by_mode(HtmlToken& token) {
    switch (mode_) {
        case Mode::Initial:
            return initial(token);
        case Mode::BeforeHtml:
            return before_html(token);
        case Mode::BeforeHead:
            return before_head(token);
        case Mode::InHead:
            return in_head(token);
        case Mode::InHeadNoscript:
            return in_head_noscript(token);
        case Mode::AfterHead:
            return after_head(token);
        case Mode::InBody:
            return in_body(token);
        case Mode::Text:
            return text(token);
        case Mode::InTable:
            return in_table(token);
        case Mode::InCaption:
            return in_caption(token);
        case Mode::InColumnGroup:
            return in_column_group(token);
        case Mode::InTableBody:
            return in_table_body(token);
        case Mode::InRow:
            return in_row(token);
        case Mode::InCell:
            return in_cell(token);
        case Mode::AfterBody:
        case Mode::AfterAfterBody:
            return after_body(token);
    }
    return Next::Token;
}

TreeBuilder::Next TreeBuilder::leave(Mode mode) {
    mode_ = mode;
    return Next::Reprocess;
}

// Takes white space from the front of a text token; true when nothing is left of it.
bool TreeBuilder::take_leading_space(HtmlToken& token, bool keep) {
    if (token.kind != TokenKind::Characters) return false;
    std::size_t length = 0;
    while (length < token.text.size() && is_html_space(token.text[length])) ++length;
    if (keep && length > 0) insert_characters(token.text.substr(0, length));
    token.text.remove_prefix(length);
    return token.text.empty();
}

TreeBuilder::Next TreeBuilder::initial(HtmlToken& token) {
    if (take_leading_space(token, false)) return Next::Token;
    if (token.kind == TokenKind::Comment) {
        insert_comment(token);
        return Next::Token;
    }
    if (token.kind == TokenKind::Doctype) {
        quirks_ = token.name != "html";
        dom_.insert({&dom_.document(), nullptr}, dom_.make(NodeType::Doctype, token.name));
        mode_ = Mode::BeforeHtml;
        return Next::Token;
    }
    quirks_ = true;
    return leave(Mode::BeforeHtml);
}

TreeBuilder::Next TreeBuilder::before_html(HtmlToken& token) {
    if (take_leading_space(token, false) || token.kind == TokenKind::Doctype) return Next::Token;
    if (token.kind == TokenKind::Comment) {
        insert_comment(token);
        return Next::Token;
    }
    const bool given = token.kind == TokenKind::StartTag && token.tag == Tag::k_html;
    if (token.kind == TokenKind::EndTag && token.tag != Tag::k_head && token.tag != Tag::k_body &&
        token.tag != Tag::k_html && token.tag != Tag::k_br)
        return Next::Token;
    html_ = &dom_.make_element(Tag::k_html, "html",
                               given ? std::span<const Attribute>(token.attributes) : std::span<const Attribute>());
    dom_.insert({&dom_.document(), nullptr}, *html_);
    push(*html_, Tag::k_html);
    mode_ = Mode::BeforeHead;
    return given ? Next::Token : Next::Reprocess;
}

TreeBuilder::Next TreeBuilder::start_head(HtmlToken& token) {
    const bool given = token.kind == TokenKind::StartTag && token.tag == Tag::k_head;
    head_ = given ? &insert_element(token) : &insert_element(Tag::k_head);
    mode_ = Mode::InHead;
    return given ? Next::Token : Next::Reprocess;
}

TreeBuilder::Next TreeBuilder::before_head(HtmlToken& token) {
    if (take_leading_space(token, false) || token.kind == TokenKind::Doctype) return Next::Token;
    if (token.kind == TokenKind::Comment) {
        insert_comment(token);
        return Next::Token;
    }
    if (token.kind == TokenKind::StartTag && token.tag == Tag::k_html) return in_body(token);
    if (token.kind == TokenKind::EndTag && token.tag != Tag::k_head && token.tag != Tag::k_body &&
        token.tag != Tag::k_html && token.tag != Tag::k_br)
        return Next::Token;
    return start_head(token);
}

void TreeBuilder::read_raw(HtmlToken& token, RawText kind) {
    insert_element(token);
    tokenizer_.enter_raw_text(kind, token.name);
    original_mode_ = mode_;
    mode_ = Mode::Text;
}

TreeBuilder::Next TreeBuilder::in_head(HtmlToken& token) {
    if (take_leading_space(token, true) || token.kind == TokenKind::Doctype) return Next::Token;
    if (token.kind == TokenKind::Comment) {
        insert_comment(token);
        return Next::Token;
    }
    if (token.kind == TokenKind::StartTag) {
        switch (token.tag) {
            case Tag::k_html:
                return in_body(token);
            case Tag::k_base:
            case Tag::k_basefont:
            case Tag::k_bgsound:
            case Tag::k_link:
            case Tag::k_meta:
                insert_void(token);
                return Next::Token;
            case Tag::k_title:
                read_raw(token, RawText::References);
                return Next::Token;
            case Tag::k_style:
            case Tag::k_noframes:
                read_raw(token, RawText::Raw);
                return Next::Token;
            case Tag::k_script:
                read_raw(token, RawText::Script);
                return Next::Token;
            case Tag::k_noscript:
                insert_element(token);
                mode_ = Mode::InHeadNoscript;
                return Next::Token;
            case Tag::k_head:
                return Next::Token;
            default:
                break;
        }
    }
    if (token.kind == TokenKind::EndTag && token.tag == Tag::k_head) {
        pop();
        mode_ = Mode::AfterHead;
        return Next::Token;
    }
    if (token.kind == TokenKind::EndTag && token.tag != Tag::k_body && token.tag != Tag::k_html &&
        token.tag != Tag::k_br)
        return Next::Token;
    pop();
    return leave(Mode::AfterHead);
}

TreeBuilder::Next TreeBuilder::in_head_noscript(HtmlToken& token) {
    if (token.kind == TokenKind::EndTag && token.tag == Tag::k_noscript) {
        pop();
        mode_ = Mode::InHead;
        return Next::Token;
    }
    const bool allowed = token.kind == TokenKind::StartTag && kHeadTags.has(token.tag) &&
                         token.tag != Tag::k_noscript && token.tag != Tag::k_script;
    if (allowed || token.kind == TokenKind::Comment || take_leading_space(token, true)) {
        if (token.kind == TokenKind::Characters) return Next::Token;
        return in_head(token);
    }
    if (token.kind == TokenKind::EndTag && token.tag != Tag::k_br) return Next::Token;
    if (token.kind == TokenKind::Doctype) return Next::Token;
    if (token.kind == TokenKind::StartTag && (token.tag == Tag::k_head || token.tag == Tag::k_noscript))
        return Next::Token;
    pop();
    return leave(Mode::InHead);
}

TreeBuilder::Next TreeBuilder::after_head(HtmlToken& token) {
    if (take_leading_space(token, true) || token.kind == TokenKind::Doctype) return Next::Token;
    if (token.kind == TokenKind::Comment) {
        insert_comment(token);
        return Next::Token;
    }
    if (token.kind == TokenKind::StartTag) {
        if (token.tag == Tag::k_html) return in_body(token);
        if (token.tag == Tag::k_head) return Next::Token;
        if (token.tag == Tag::k_body) {
            body_ = &insert_element(token);
            mode_ = Mode::InBody;
            return Next::Token;
        }
        if (kHeadTags.has(token.tag) && token.tag != Tag::k_noscript) {
            // The head is opened again for this one element.
            push(*head_, Tag::k_head);
            const Next next = in_head(token);
            const std::size_t at = stack_index(head_);
            stack_.erase(stack_.begin() + static_cast<std::ptrdiff_t>(at));
            return next;
        }
    }
    if (token.kind == TokenKind::EndTag && token.tag != Tag::k_body && token.tag != Tag::k_html &&
        token.tag != Tag::k_br)
        return Next::Token;
    body_ = &insert_element(Tag::k_body);
    return leave(Mode::InBody);
}

// Inside style, script, title and textarea.
TreeBuilder::Next TreeBuilder::text(HtmlToken& token) {
    if (token.kind == TokenKind::Characters) {
        insert_characters(token.text);
        return Next::Token;
    }
    pop();
    mode_ = original_mode_;
    return token.kind == TokenKind::EndTag ? Next::Token : Next::Reprocess;
}

TreeBuilder::Next TreeBuilder::after_body(HtmlToken& token) {
    if (token.kind == TokenKind::Comment) {
        Node* parent = mode_ == Mode::AfterBody ? html_ : &dom_.document();
        dom_.insert({parent, nullptr}, dom_.make(NodeType::Comment, token.text));
        return Next::Token;
    }
    if (token.kind == TokenKind::End || token.kind == TokenKind::Doctype) return Next::Token;
    if (token.kind == TokenKind::EndTag && token.tag == Tag::k_html && mode_ == Mode::AfterBody) {
        mode_ = Mode::AfterAfterBody;
        return Next::Token;
    }
    if (token.kind == TokenKind::StartTag && token.tag == Tag::k_html) return in_body(token);
    if (token.kind == TokenKind::Characters) {
        const bool only_space = token.text.find_first_not_of(" \n\t\f\r") == std::string_view::npos;
        if (only_space) return in_body(token);
    }
    return leave(Mode::InBody);
}

}  // namespace galley::document
