#include "document/box/box.h"

#include <algorithm>
#include <cstring>

namespace galley::document {

void append_child(Box& parent, Box& child) {
    child.parent = &parent;
    child.next = nullptr;
    if (parent.last_child != nullptr)
        parent.last_child->next = &child;
    else
        parent.first_child = &child;
    parent.last_child = &child;
}

std::string_view BoxTree::keep(std::string_view text) {
    if (text.empty()) return {};
    char* copy = static_cast<char*>(arena_.allocate(text.size(), 1));
    std::memcpy(copy, text.data(), text.size());
    return {copy, text.size()};
}

namespace {

std::string_view kind_name(BoxKind kind) {
    constexpr std::string_view kNames[] = {"block", "inline", "text", "break", "leader", "replaced",     "flex",
                                           "table", "rows",   "row",  "cell",  "column", "column-group", "caption"};
    return kNames[static_cast<std::size_t>(kind)];
}

std::string describe(const Box& box) {
    std::string line(kind_name(box.kind));
    if (box.node != nullptr && box.node->is_element() && box.kind != BoxKind::Text)
        line += " " + std::string(box.node->tag());
    if (box.anonymous) line += " anonymous";
    if (box.generated) line += " generated";
    if (box.inline_level && box.kind != BoxKind::Text && box.kind != BoxKind::Inline) line += " inline-level";
    if (box.floating) line += " float";
    if (box.positioned) line += " positioned";
    if (box.continuation) line += " continuation";
    if (box.column_span > 1) line += " colspan=" + std::to_string(box.column_span);
    if (box.row_span > 1) line += " rowspan=" + std::to_string(box.row_span);
    if (box.kind == BoxKind::Text || box.kind == BoxKind::Leader) {
        line += " \"";
        for (const char c : box.text()) c == '\n' ? line += "\\n" : line += c;
        line += '"';
    }
    return line;
}

}  // namespace

std::string dump(const BoxTree& tree) {
    std::string out;
    int depth = 0;
    for (const Box* box = tree.root; box != nullptr;) {
        out.append(static_cast<std::size_t>(depth) * 2, ' ').append(describe(*box)).append("\n");
        if (box->first_child != nullptr) {
            box = box->first_child;
            ++depth;
            continue;
        }
        while (box != nullptr && box != tree.root && box->next == nullptr) {
            box = box->parent;
            --depth;
        }
        box = box == nullptr || box == tree.root ? nullptr : box->next;
    }
    return out;
}

}  // namespace galley::document
