#include "document/box/first_letter.h"

#include "document/text/utf8.h"

namespace galley::document {

namespace {

// The punctuation of general use: ASCII, Latin-1, dashes, quotation marks, brackets.
bool is_punctuation(char32_t c) {
    if (c < 0x80)
        return (c > 0x20 && c < 0x30) || (c > 0x39 && c < 0x41) || (c > 0x5A && c < 0x61) || (c > 0x7A && c < 0x7F);
    return c == 0xA1 || c == 0xA7 || c == 0xAB || c == 0xB6 || c == 0xB7 || c == 0xBB || c == 0xBF ||
           (c >= 0x2010 && c <= 0x2027) || (c >= 0x2030 && c <= 0x205E) || (c >= 0x3001 && c <= 0x3003) ||
           (c >= 0x3008 && c <= 0x301F);
}

bool is_space(char c) {
    return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f';
}

bool is_mark(char32_t c) {
    return (c >= 0x300 && c <= 0x36F) || (c >= 0x1AB0 && c <= 0x1AFF) || (c >= 0x20D0 && c <= 0x20FF);
}

// End of the first letter in `text`, from `begin` on; `begin` itself when there is none.
std::size_t letter_end(std::string_view text, std::size_t begin) {
    std::size_t at = begin, end = begin;
    bool letter = false;
    while (at < text.size()) {
        const char32_t c = decode_utf8(text, at);
        if (is_punctuation(c) || (letter && is_mark(c))) {
            if (letter) end = at;
            continue;
        }
        if (letter || is_space(static_cast<char>(c < 0x80 ? c : 'x'))) break;
        letter = true;
        end = at;
    }
    return end;
}

// The first text that a line would show; null where something else comes first.
Box* first_text(Box& box) {
    for (Box* child = box.first_child; child != nullptr; child = child->next) {
        if (!child->in_flow() || is_collapsible_space(*child)) continue;
        if (child->kind == BoxKind::Text) return child;
        const bool enters = child->kind == BoxKind::Inline || (child->kind == BoxKind::Block && !child->inline_level);
        if (!enters) return nullptr;
        if (child->kind == BoxKind::Inline && child->first_child == nullptr) continue;
        return first_text(*child);  // bounded by kBoxDepthMax
    }
    return nullptr;
}

void insert_before(Box& made, Box& at) {
    Box& parent = *at.parent;
    made.parent = &parent;
    made.next = &at;
    if (parent.first_child == &at) {
        parent.first_child = &made;
        return;
    }
    Box* before = parent.first_child;
    while (before->next != &at) before = before->next;
    before->next = &made;
}

}  // namespace

std::string_view first_letter_of(std::string_view text) {
    return text.substr(0, letter_end(text, 0));
}

void style_first_letter(const BoxFixer& fixer, Box& box, const ComputedStyle& style) {
    if (!box.is_container()) return;
    Box* text = first_text(box);
    if (text == nullptr) return;
    std::size_t begin = 0;
    while (begin < text->text().size() && is_space(text->text()[begin])) ++begin;
    const std::size_t end = letter_end(text->text(), begin);
    if (end == begin) return;
    const bool floats = style.float_side == Float::Left || style.float_side == Float::Right;
    Box& letter = fixer.tree.make(floats ? BoxKind::Block : BoxKind::Inline, style, box.node);
    letter.generated = true;
    letter.floating = letter.new_context = floats;
    letter.inline_level = !floats;
    Box& inner = fixer.tree.make(BoxKind::Text, style, nullptr);
    inner.inline_level = inner.line_content = true;
    inner.set_text(text->text().substr(begin, end - begin));
    append_child(letter, inner);
    finish_box(fixer, letter);
    insert_before(letter, *text);
    text->set_text(text->text().substr(end));
}

}  // namespace galley::document
