// The insertion mode "in body".
// https://html.spec.whatwg.org/multipage/parsing.html#parsing-main-inbody
#include <algorithm>

#include "document/html/tree_builder.h"

namespace galley::document {

namespace {

constexpr TagSet kBlocks{Tag::k_address,  Tag::k_article,    Tag::k_aside,   Tag::k_blockquote, Tag::k_center,
                         Tag::k_details,  Tag::k_dialog,     Tag::k_dir,     Tag::k_div,        Tag::k_dl,
                         Tag::k_fieldset, Tag::k_figcaption, Tag::k_figure,  Tag::k_footer,     Tag::k_header,
                         Tag::k_hgroup,   Tag::k_main,       Tag::k_menu,    Tag::k_nav,        Tag::k_ol,
                         Tag::k_p,        Tag::k_search,     Tag::k_section, Tag::k_summary,    Tag::k_ul};
constexpr TagSet kEndBlocks{Tag::k_address, Tag::k_article,  Tag::k_aside,      Tag::k_blockquote, Tag::k_button,
                            Tag::k_center,  Tag::k_details,  Tag::k_dialog,     Tag::k_dir,        Tag::k_div,
                            Tag::k_dl,      Tag::k_fieldset, Tag::k_figcaption, Tag::k_figure,     Tag::k_footer,
                            Tag::k_header,  Tag::k_hgroup,   Tag::k_listing,    Tag::k_main,       Tag::k_menu,
                            Tag::k_nav,     Tag::k_ol,       Tag::k_pre,        Tag::k_search,     Tag::k_section,
                            Tag::k_select,  Tag::k_summary,  Tag::k_ul};
constexpr TagSet kHeadInBody{Tag::k_base,     Tag::k_basefont, Tag::k_bgsound, Tag::k_link, Tag::k_meta,
                             Tag::k_noframes, Tag::k_script,   Tag::k_style,   Tag::k_title};
constexpr TagSet kIgnoredInBody{Tag::k_caption, Tag::k_col, Tag::k_colgroup, Tag::k_frame, Tag::k_frameset, Tag::k_head,
                                Tag::k_tbody,   Tag::k_td,  Tag::k_tfoot,    Tag::k_th,    Tag::k_thead,    Tag::k_tr};
constexpr TagSet kInlineVoids{Tag::k_area,   Tag::k_br,  Tag::k_embed, Tag::k_img,
                              Tag::k_keygen, Tag::k_wbr, Tag::k_input};
constexpr TagSet kMarkerElements{Tag::k_applet, Tag::k_marquee, Tag::k_object};
constexpr TagSet kListItemStops{Tag::k_address, Tag::k_div, Tag::k_p};

}  // namespace

TreeBuilder::Next TreeBuilder::in_body(HtmlToken& token) {
    switch (token.kind) {
        case TokenKind::Characters:
            body_characters(token);
            return Next::Token;
        case TokenKind::Comment:
            insert_comment(token);
            return Next::Token;
        case TokenKind::StartTag:
            return body_start(token);
        case TokenKind::EndTag:
            return body_end(token);
        default:
            return Next::Token;
    }
}

void TreeBuilder::body_characters(HtmlToken& token) {
    if (token.text.empty()) return;
    reconstruct_formatting();
    insert_characters(token.text);
}

void TreeBuilder::close_p() {
    if (open_p_ == 0 || !in_scope(Tag::k_p, Scope::Button)) return;
    generate_implied_end_tags(Tag::k_p);
    pop_until(Tag::k_p);
}

TreeBuilder::Next TreeBuilder::body_start(HtmlToken& token) {
    const Tag tag = token.tag;
    if (tag == Tag::k_html || tag == Tag::k_body) run_spoiled_ = true;
    if (tag == Tag::k_html) {
        dom_.add_missing_attributes(*html_, token.attributes);
        return Next::Token;
    }
    if (tag == Tag::k_body) {
        if (body_ != nullptr) dom_.add_missing_attributes(*body_, token.attributes);
        return Next::Token;
    }
    if (kHeadInBody.has(tag)) return in_head(token);
    if (kIgnoredInBody.has(tag)) return Next::Token;
    if (body_start_block(token) || body_start_inline(token) || body_start_raw(token)) return Next::Token;
    if (tag == Tag::k_image) {
        token.tag = Tag::k_img;
        token.name = tag_name(Tag::k_img);
        return Next::Reprocess;
    }
    if (tag == Tag::k_svg || tag == Tag::k_math) {
        reconstruct_formatting();
        insert_foreign(token);
        return Next::Token;
    }
    reconstruct_formatting();
    insert_element(token);
    return Next::Token;
}

bool TreeBuilder::body_start_block(HtmlToken& token) {
    const Tag tag = token.tag;
    if (kBlocks.has(tag)) {
        close_p();
        insert_element(token);
        return true;
    }
    if (is_heading(tag)) {
        close_p();
        if (is_heading(current_tag())) pop();
        insert_element(token);
        return true;
    }
    switch (tag) {
        case Tag::k_li:
        case Tag::k_dd:
        case Tag::k_dt:
            start_list_item(token);
            return true;
        case Tag::k_pre:
        case Tag::k_listing:
            close_p();
            insert_element(token);
            tokenizer_.skip_newline();
            return true;
        case Tag::k_form:
            run_spoiled_ = true;
            if (form_ != nullptr) return true;
            close_p();
            form_ = &insert_element(token);
            return true;
        case Tag::k_table:
            if (!quirks_) close_p();
            insert_element(token);
            mode_ = Mode::InTable;
            return true;
        case Tag::k_hr:
            close_p();
            insert_void(token);
            return true;
        default:
            return false;
    }
}

// A new li closes an open li, a new dd or dt an open dd or dt, unless another special element is between.
void TreeBuilder::start_list_item(HtmlToken& token) {
    for (std::size_t i = stack_.size(); i-- > 0;) {
        const Tag open = stack_[i].tag;
        const bool closes = token.tag == Tag::k_li ? open == Tag::k_li : (open == Tag::k_dd || open == Tag::k_dt);
        if (closes) {
            generate_implied_end_tags(open);
            pop_until(open);
            break;
        }
        if (kSpecialTags.has(open) && !kListItemStops.has(open)) break;
    }
    close_p();
    insert_element(token);
}

void TreeBuilder::start_anchor(HtmlToken& token) {
    for (std::size_t i = formatting_.size(); i-- > 0 && formatting_[i].node != nullptr;) {
        if (formatting_[i].tag != Tag::k_a) continue;
        Node* open = formatting_[i].node;
        adopt(token);
        drop_formatting(open);
        const std::size_t at = stack_index(open);
        if (at < stack_.size()) stack_.erase(stack_.begin() + static_cast<std::ptrdiff_t>(at));
        break;
    }
}

bool TreeBuilder::body_start_inline(HtmlToken& token) {
    const Tag tag = token.tag;
    if (kFormattingTags.has(tag)) {
        if (tag == Tag::k_a) start_anchor(token);
        reconstruct_formatting();
        if (tag == Tag::k_nobr && in_scope(Tag::k_nobr)) {
            adopt(token);
            reconstruct_formatting();
        }
        push_formatting(insert_element(token), tag);
        return true;
    }
    if (kInlineVoids.has(tag)) {
        reconstruct_formatting();
        insert_void(token);
        return true;
    }
    if (tag == Tag::k_param || tag == Tag::k_source || tag == Tag::k_track) {
        insert_void(token);
        return true;
    }
    if (kMarkerElements.has(tag)) {
        reconstruct_formatting();
        insert_element(token);
        push_marker();
        return true;
    }
    if (tag == Tag::k_button) {
        if (in_scope(Tag::k_button)) {
            generate_implied_end_tags();
            pop_until(Tag::k_button);
        }
        reconstruct_formatting();
        insert_element(token);
        return true;
    }
    if (tag == Tag::k_option || tag == Tag::k_optgroup) {
        if (current_tag() == Tag::k_option) pop();
        if (tag == Tag::k_optgroup && current_tag() == Tag::k_optgroup) pop();
        reconstruct_formatting();
        insert_element(token);
        return true;
    }
    if (tag == Tag::k_rb || tag == Tag::k_rtc || tag == Tag::k_rp || tag == Tag::k_rt) {
        if (in_scope(Tag::k_ruby))
            generate_implied_end_tags(tag == Tag::k_rp || tag == Tag::k_rt ? Tag::k_rtc : Tag::Other);
        insert_element(token);
        return true;
    }
    return false;
}

bool TreeBuilder::body_start_raw(HtmlToken& token) {
    switch (token.tag) {
        case Tag::k_textarea:
            read_raw(token, RawText::References);
            tokenizer_.skip_newline();
            return true;
        case Tag::k_xmp:
            close_p();
            reconstruct_formatting();
            read_raw(token, RawText::Raw);
            return true;
        case Tag::k_iframe:
        case Tag::k_noembed:
            read_raw(token, RawText::Raw);
            return true;
        case Tag::k_plaintext:
            close_p();
            insert_element(token);
            tokenizer_.enter_raw_text(RawText::Plain, token.name);
            return true;
        default:
            return false;
    }
}

void TreeBuilder::end_block(Tag tag) {
    if (!in_scope(tag)) return;
    generate_implied_end_tags();
    pop_until(tag);
}

void TreeBuilder::end_heading() {
    if (!heading_in_scope()) return;
    generate_implied_end_tags();
    while (!is_heading(current_tag())) pop();
    pop();
}

TreeBuilder::Next TreeBuilder::body_end(HtmlToken& token) {
    const Tag tag = token.tag;
    if (tag == Tag::k_body || tag == Tag::k_html) {
        if (!in_scope(Tag::k_body)) return Next::Token;
        mode_ = Mode::AfterBody;
        return tag == Tag::k_html ? Next::Reprocess : Next::Token;
    }
    if (kEndBlocks.has(tag)) {
        end_block(tag);
    } else if (is_heading(tag)) {
        end_heading();
    } else if (kFormattingTags.has(tag)) {
        adopt(token);
    } else if (kMarkerElements.has(tag)) {
        if (!in_scope(tag)) return Next::Token;
        end_block(tag);
        clear_to_marker();
    } else if (tag == Tag::k_p) {
        if (!in_scope(Tag::k_p, Scope::Button)) insert_element(Tag::k_p);
        close_p();
    } else if (tag == Tag::k_li || tag == Tag::k_dd || tag == Tag::k_dt) {
        if (!in_scope(tag, tag == Tag::k_li ? Scope::ListItem : Scope::Default)) return Next::Token;
        generate_implied_end_tags(tag);
        pop_until(tag);
    } else if (tag == Tag::k_form) {
        run_spoiled_ = true;
        form_ = nullptr;
        end_block(tag);
    } else if (tag == Tag::k_br) {
        reconstruct_formatting();
        insert_element(Tag::k_br);
        pop();
    } else {
        end_any_other(token);
    }
    return Next::Token;
}

void TreeBuilder::end_any_other(const HtmlToken& token) {
    for (std::size_t i = stack_.size(); i-- > 1;) {
        const bool same = token.tag != Tag::Other ? stack_[i].tag == token.tag
                                                  : stack_[i].tag == Tag::Other && stack_[i].node->tag() == token.name;
        if (same) {
            generate_implied_end_tags(token.tag);
            if (i < stack_.size()) pop_until_index(i);
            return;
        }
        if (kSpecialTags.has(stack_[i].tag)) return;
    }
}

}  // namespace galley::document
