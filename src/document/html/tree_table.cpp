// The insertion modes of tables.
// https://html.spec.whatwg.org/multipage/parsing.html#parsing-main-intable
#include "document/html/tree_builder.h"

namespace galley::document {

namespace {

constexpr TagSet kTableContext{Tag::k_table, Tag::k_html};
constexpr TagSet kBodyContext{Tag::k_tbody, Tag::k_tfoot, Tag::k_thead, Tag::k_html};
constexpr TagSet kRowContext{Tag::k_tr, Tag::k_html};
constexpr TagSet kSections{Tag::k_tbody, Tag::k_tfoot, Tag::k_thead};
constexpr TagSet kCells{Tag::k_td, Tag::k_th};
constexpr TagSet kTableParts{Tag::k_caption, Tag::k_col, Tag::k_colgroup, Tag::k_tbody, Tag::k_td,
                             Tag::k_tfoot,   Tag::k_th,  Tag::k_thead,    Tag::k_tr};
constexpr TagSet kIgnoredEnds{Tag::k_body, Tag::k_caption, Tag::k_col, Tag::k_colgroup, Tag::k_html, Tag::k_tbody,
                              Tag::k_td,   Tag::k_tfoot,   Tag::k_th,  Tag::k_thead,    Tag::k_tr};
constexpr TagSet kTextHolders{Tag::k_table, Tag::k_tbody, Tag::k_tfoot, Tag::k_thead, Tag::k_tr};

bool only_space(std::string_view text) {
    return text.find_first_not_of(" \n\t\f\r") == std::string_view::npos;
}

}  // namespace

void TreeBuilder::clear_stack_to(TagSet context) {
    while (stack_.size() > 1 && !context.has(current_tag())) pop();
}

// What does not belong into a table goes before it.
TreeBuilder::Next TreeBuilder::foster(HtmlToken& token) {
    foster_parenting_ = run_spoiled_ = true;
    const Next next = in_body(token);
    foster_parenting_ = false;
    return next;
}

bool TreeBuilder::close_table() {
    if (!in_scope(Tag::k_table, Scope::Table)) return false;
    pop_until(Tag::k_table);
    reset_mode();
    return true;
}

TreeBuilder::Next TreeBuilder::in_table(HtmlToken& token) {
    switch (token.kind) {
        case TokenKind::Characters:
            if (kTextHolders.has(current_tag()) && only_space(token.text)) {
                insert_characters(token.text);
                return Next::Token;
            }
            return foster(token);
        case TokenKind::Comment:
            insert_comment(token);
            return Next::Token;
        case TokenKind::Doctype:
            return Next::Token;
        case TokenKind::End:
            return in_body(token);
        case TokenKind::StartTag:
            return in_table_start(token);
        case TokenKind::EndTag:
            break;
    }
    if (token.tag == Tag::k_table) {
        close_table();
        return Next::Token;
    }
    if (kIgnoredEnds.has(token.tag)) return Next::Token;
    return foster(token);
}

TreeBuilder::Next TreeBuilder::in_table_start(HtmlToken& token) {
    const Tag tag = token.tag;
    if (tag == Tag::k_caption) {
        clear_stack_to(kTableContext);
        push_marker();
        insert_element(token);
        mode_ = Mode::InCaption;
        return Next::Token;
    }
    if (tag == Tag::k_colgroup || tag == Tag::k_col) {
        clear_stack_to(kTableContext);
        tag == Tag::k_colgroup ? insert_element(token) : insert_element(Tag::k_colgroup);
        mode_ = Mode::InColumnGroup;
        return tag == Tag::k_colgroup ? Next::Token : Next::Reprocess;
    }
    if (kSections.has(tag)) {
        clear_stack_to(kTableContext);
        insert_element(token);
        mode_ = Mode::InTableBody;
        return Next::Token;
    }
    if (kCells.has(tag) || tag == Tag::k_tr) {
        clear_stack_to(kTableContext);
        insert_element(Tag::k_tbody);
        return leave(Mode::InTableBody);
    }
    if (tag == Tag::k_table) return close_table() ? Next::Reprocess : Next::Token;
    if (tag == Tag::k_style || tag == Tag::k_script) return in_head(token);
    if (tag == Tag::k_input) {
        const std::string_view* type = nullptr;
        for (const Attribute& attribute : token.attributes)
            if (attribute.name == "type") type = &attribute.value;
        if (type != nullptr && *type == "hidden") {
            insert_void(token);
            return Next::Token;
        }
    }
    if (tag == Tag::k_form) {
        run_spoiled_ = true;
        if (form_ == nullptr) form_ = &insert_void(token);
        return Next::Token;
    }
    return foster(token);
}

TreeBuilder::Next TreeBuilder::in_caption(HtmlToken& token) {
    const bool end = token.kind == TokenKind::EndTag;
    const bool closes = (end && (token.tag == Tag::k_caption || token.tag == Tag::k_table)) ||
                        (token.kind == TokenKind::StartTag && kTableParts.has(token.tag));
    if (closes) {
        if (!in_scope(Tag::k_caption, Scope::Table)) return Next::Token;
        generate_implied_end_tags();
        pop_until(Tag::k_caption);
        clear_to_marker();
        mode_ = Mode::InTable;
        return end && token.tag == Tag::k_caption ? Next::Token : Next::Reprocess;
    }
    if (end && kIgnoredEnds.has(token.tag)) return Next::Token;
    return in_body(token);
}

TreeBuilder::Next TreeBuilder::in_column_group(HtmlToken& token) {
    if (take_leading_space(token, true) || token.kind == TokenKind::Doctype) return Next::Token;
    if (token.kind == TokenKind::Comment) {
        insert_comment(token);
        return Next::Token;
    }
    if (token.kind == TokenKind::StartTag && token.tag == Tag::k_html) return in_body(token);
    if (token.kind == TokenKind::StartTag && token.tag == Tag::k_col) {
        insert_void(token);
        return Next::Token;
    }
    if (token.kind == TokenKind::EndTag && token.tag == Tag::k_col) return Next::Token;
    if (token.kind == TokenKind::End) return in_body(token);
    const bool end = token.kind == TokenKind::EndTag && token.tag == Tag::k_colgroup;
    if (current_tag() != Tag::k_colgroup) return Next::Token;
    pop();
    mode_ = Mode::InTable;
    return end ? Next::Token : Next::Reprocess;
}

TreeBuilder::Next TreeBuilder::in_table_body(HtmlToken& token) {
    const Tag tag = token.tag;
    if (token.kind == TokenKind::StartTag && (tag == Tag::k_tr || kCells.has(tag))) {
        clear_stack_to(kBodyContext);
        if (run_nodes_ != 0 && tag == Tag::k_tr) row_begins();
        tag == Tag::k_tr ? insert_element(token) : insert_element(Tag::k_tr);
        mode_ = Mode::InRow;
        return tag == Tag::k_tr ? Next::Token : Next::Reprocess;
    }
    if (token.kind == TokenKind::EndTag && kSections.has(tag)) {
        if (!in_scope(tag, Scope::Table)) return Next::Token;
        clear_stack_to(kBodyContext);
        body_ends();
        pop();
        mode_ = Mode::InTable;
        return Next::Token;
    }
    const bool closes = (token.kind == TokenKind::StartTag && kTableParts.has(tag)) ||
                        (token.kind == TokenKind::EndTag && tag == Tag::k_table);
    if (closes) {
        clear_stack_to(kBodyContext);
        if (stack_.size() <= 1 || !kSections.has(current_tag())) return Next::Token;
        body_ends();
        pop();
        return leave(Mode::InTable);
    }
    if (token.kind == TokenKind::EndTag && kIgnoredEnds.has(tag)) return Next::Token;
    return in_table(token);
}

TreeBuilder::Next TreeBuilder::in_row(HtmlToken& token) {
    const Tag tag = token.tag;
    if (token.kind == TokenKind::StartTag && kCells.has(tag)) {
        clear_stack_to(kRowContext);
        insert_element(token);
        mode_ = Mode::InCell;
        push_marker();
        return Next::Token;
    }
    const bool end = token.kind == TokenKind::EndTag;
    const bool ends_row = end && tag == Tag::k_tr;
    const bool closes = ends_row || (token.kind == TokenKind::StartTag && kTableParts.has(tag)) ||
                        (end && (tag == Tag::k_table || (kSections.has(tag) && in_scope(tag, Scope::Table))));
    if (closes) {
        if (!in_scope(Tag::k_tr, Scope::Table)) return Next::Token;
        clear_stack_to(kRowContext);
        pop();
        mode_ = Mode::InTableBody;
        return ends_row ? Next::Token : Next::Reprocess;
    }
    if (end && kIgnoredEnds.has(tag)) return Next::Token;
    return in_table(token);
}

void TreeBuilder::close_cell() {
    generate_implied_end_tags();
    while (stack_.size() > 1) {
        const bool cell = kCells.has(current_tag());
        pop();
        if (cell) break;
    }
    clear_to_marker();
    mode_ = Mode::InRow;
}

TreeBuilder::Next TreeBuilder::in_cell(HtmlToken& token) {
    const Tag tag = token.tag;
    if (token.kind == TokenKind::EndTag) {
        if (kCells.has(tag)) {
            if (!in_scope(tag, Scope::Table)) return Next::Token;
            generate_implied_end_tags();
            pop_until(tag);
            clear_to_marker();
            mode_ = Mode::InRow;
            return Next::Token;
        }
        if (tag == Tag::k_table || tag == Tag::k_tr || kSections.has(tag)) {
            if (!in_scope(tag, Scope::Table)) return Next::Token;
            close_cell();
            return Next::Reprocess;
        }
        if (kIgnoredEnds.has(tag)) return Next::Token;
    }
    if (token.kind == TokenKind::StartTag && kTableParts.has(tag)) {
        if (!in_scope(Tag::k_td, Scope::Table) && !in_scope(Tag::k_th, Scope::Table)) return Next::Token;
        close_cell();
        return Next::Reprocess;
    }
    return in_body(token);
}

// https://html.spec.whatwg.org/multipage/parsing.html#reset-the-insertion-mode-appropriately
void TreeBuilder::reset_mode() {
    for (std::size_t i = stack_.size(); i-- > 0;) {
        switch (stack_[i].tag) {
            case Tag::k_td:
            case Tag::k_th:
                mode_ = Mode::InCell;
                return;
            case Tag::k_tr:
                mode_ = Mode::InRow;
                return;
            case Tag::k_tbody:
            case Tag::k_thead:
            case Tag::k_tfoot:
                mode_ = Mode::InTableBody;
                return;
            case Tag::k_caption:
                mode_ = Mode::InCaption;
                return;
            case Tag::k_colgroup:
                mode_ = Mode::InColumnGroup;
                return;
            case Tag::k_table:
                mode_ = Mode::InTable;
                return;
            case Tag::k_head:
                mode_ = Mode::InHead;
                return;
            case Tag::k_body:
                mode_ = Mode::InBody;
                return;
            default:
                break;
        }
    }
    mode_ = head_ != nullptr ? Mode::InBody : Mode::BeforeHead;
}

}  // namespace galley::document
