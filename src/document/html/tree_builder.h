// src/document/html/tree_builder.h — tokens to the tree: insertion modes, implied tags, formatting, foster parenting.
//
// Shape    build() reads the tokenizer to its end and leaves the tree in the DomBuilder.
// Errors   LimitExceeded (nodes_max).
// Threads  one.
// Limits   the stack of open elements is at most depth_max deep: elements below become siblings. Active formatting
//          elements: kFormattingMax, oldest forgotten first.
// Source   https://html.spec.whatwg.org/multipage/parsing.html#tree-construction
//          DEVIATION: `select` is an ordinary element (as in the text since 2025); NUL was removed before.
//          GAP: framesets and template contents (template is an ordinary element).
#pragma once

#include <optional>
#include <vector>

#include "base/error.h"
#include "document/html/dom_builder.h"
#include "document/html/tokenizer.h"

namespace galley::document {

class TreeBuilder {
 public:
    TreeBuilder(Tokenizer& tokenizer, DomBuilder& dom, const ParseLimits& limits);
    Result<void> build();
    // Rows of tables are to be folded in runs of about so many nodes.
    void fold_rows(std::size_t run_nodes) { run_nodes_ = run_nodes; }
    // Reads rows only, as children of `body`, an element like the one that they were written in.
    void build_rows(Node& body);

 private:
    enum class Mode : std::uint8_t {
        Initial,
        BeforeHtml,
        BeforeHead,
        InHead,
        InHeadNoscript,
        AfterHead,
        InBody,
        Text,
        InTable,
        InCaption,
        InColumnGroup,
        InTableBody,
        InRow,
        InCell,
        AfterBody,
        AfterAfterBody
    };
    enum class Next : std::uint8_t { Token, Reprocess };  // what a mode wants after its step
    struct Open {
        Node* node;
        Tag tag;
    };
    struct Formatting {
        Node* node;  // null: a marker
        Tag tag;
    };
    enum class Scope : std::uint8_t { Default, ListItem, Button, Table };

    // tree_builder.cpp: dispatch and the modes around the body
    void process(HtmlToken& token);
    Next dispatch(HtmlToken& token);
    Next dispatch_by_mode(HtmlToken& token);
    Next initial(HtmlToken& token);
    Next before_html(HtmlToken& token);
    Next before_head(HtmlToken& token);
    Next in_head(HtmlToken& token);
    Next in_head_noscript(HtmlToken& token);
    Next after_head(HtmlToken& token);
    Next text(HtmlToken& token);
    Next after_body(HtmlToken& token);
    Next start_head(HtmlToken& token);
    Next leave(Mode mode);
    bool take_leading_space(HtmlToken& token, bool keep);
    void read_raw(HtmlToken& token, RawText kind);
    bool handle_overflow(HtmlToken& token);

    // tree_body.cpp: "in body"
    Next in_body(HtmlToken& token);
    Next body_start(HtmlToken& token);
    Next body_end(HtmlToken& token);
    bool body_start_block(HtmlToken& token);
    bool body_start_inline(HtmlToken& token);
    bool body_start_raw(HtmlToken& token);
    void start_list_item(HtmlToken& token);
    void start_anchor(HtmlToken& token);
    void end_block(Tag tag);
    void end_heading();
    void end_any_other(const HtmlToken& token);
    void body_characters(HtmlToken& token);
    void close_p();

    // tree_table.cpp
    Next in_table(HtmlToken& token);
    Next in_table_start(HtmlToken& token);
    Next in_caption(HtmlToken& token);
    Next in_column_group(HtmlToken& token);
    Next in_table_body(HtmlToken& token);
    Next in_row(HtmlToken& token);
    Next in_cell(HtmlToken& token);
    Next foster(HtmlToken& token);
    // folding.cpp
    void row_begins();
    void body_ends();
    void end_run(std::size_t end);
    bool may_fold() const;
    bool run_is_plain() const;
    // tree_table.cpp
    void clear_stack_to(TagSet context);
    bool close_table();
    void close_cell();
    void reset_mode();

    // tree_foreign.cpp
    bool wants_foreign(const HtmlToken& token) const;
    Next in_foreign(HtmlToken& token);
    void insert_foreign(HtmlToken& token);
    bool end_foreign(const HtmlToken& token);

    // formatting.cpp: the list of active formatting elements and the adoption agency
    void push_formatting(Node& node, Tag tag);
    void push_marker() { formatting_.push_back({nullptr, Tag::Other}); }
    void clear_to_marker();
    void reconstruct_formatting();
    void adopt(const HtmlToken& token);
    bool adopt_once(Tag tag, const HtmlToken& token);
    Node& adopt_chain(std::size_t formatting_at, std::size_t furthest_at, std::optional<std::size_t>& bookmark);
    std::size_t formatting_index(const Node* node) const;
    std::size_t stack_index(const Node* node) const;
    void drop_formatting(const Node* node);

    // insertion.cpp: stack, scopes, where nodes go
    Open& current() { return stack_.back(); }
    Tag current_tag() const { return stack_.back().tag; }
    Node& insert_element(HtmlToken& token);
    Node& insert_element(Tag tag);
    Node& insert_void(HtmlToken& token);
    void push(Node& node, Tag tag);
    void pop();
    void pop_until(Tag tag);
    void pop_until_index(std::size_t size);
    void insert_comment(HtmlToken& token);
    void insert_characters(std::string_view text);
    InsertPoint insert_point(Node* override_target = nullptr);
    InsertPoint foster_point();
    bool in_scope(Tag tag, Scope scope = Scope::Default) const;
    bool ends_scope(const Open& open, Scope scope) const;
    bool heading_in_scope() const;
    bool on_stack(Tag tag) const;
    void generate_implied_end_tags(Tag except = Tag::Other);

    Tokenizer& tokenizer_;
    DomBuilder& dom_;
    const ParseLimits& limits_;
    Mode mode_ = Mode::Initial;
    Mode original_mode_ = Mode::Initial;
    std::vector<Open> stack_;
    std::vector<Formatting> formatting_;
    Node* html_ = nullptr;
    Node* head_ = nullptr;
    Node* body_ = nullptr;
    Node* form_ = nullptr;
    bool quirks_ = false;
    bool foster_parenting_ = false;
    std::size_t open_p_ = 0;        // p elements on the stack
    std::size_t open_foreign_ = 0;  // foreign elements on the stack
    std::size_t overflow_ = 0;      // open elements beyond depth_max, which are not on the stack
    // Folding: the rows since `run_begin_` in the source, children of `run_body_` behind `run_before_`.
    std::size_t run_nodes_ = 0;  // 0: nothing is folded
    std::size_t run_begin_ = 0;
    Node* run_body_ = nullptr;  // null: no run is open
    Node* run_before_ = nullptr;
    bool run_spoiled_ = false;  // something outside of the rows changed
};

inline bool is_html_space(char c) {
    return c == ' ' || c == '\n' || c == '\t' || c == '\f' || c == '\r';
}
inline bool is_heading(Tag tag) {
    return tag >= Tag::k_h1 && tag <= Tag::k_h6;
}

}  // namespace galley::document
