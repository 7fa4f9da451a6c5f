#include "document/layout/row_store.h"

#include <algorithm>

namespace galley::document {

namespace {

constexpr int kPagesKept = 2;

}  // namespace

// Its nodes get the first gap in the indices behind those of the tree.
void RowStore::insert(std::unique_ptr<LoadedRows> rows) {
    const std::size_t size = rows->nodes->nodes().size();
    auto first = static_cast<std::uint32_t>(styled_.dom().node_count());
    auto place = loaded_.begin();
    for (; place != loaded_.end() && (*place)->first_index - first < size; ++place) first = (*place)->end_index();
    rows->first_index = first;
    rows->nodes->number(first);
    loaded_.insert(place, std::move(rows));
}

// Null: they need the whole document.
Result<std::unique_ptr<BoxTree>> RowStore::boxes_of(const RowNodes& nodes, const Box& group) {
    GALLEY_TRY(const bool styled, styled_.add_rows(nodes));
    if (!styled) return nullptr;
    return build_rows(styled_, options_, nodes, group);
}

LoadedRows* RowStore::load(const Box& folded) {
    auto made = std::make_unique<LoadedRows>();
    LoadedRows& rows = *made;
    rows.nodes = RowNodes::read(styled_.dom(), *folded.node);
    rows.last_page = page_;
    insert(std::move(made));
    Result<std::unique_ptr<BoxTree>> boxes = boxes_of(*rows.nodes, *folded.parent);
    if (!boxes || *boxes == nullptr) {
        if (boxes)
            needs_whole_ = true;
        else
            error_ = boxes.error();
        drop(rows);
        return nullptr;
    }
    rows.boxes = std::move(*boxes);
    for (Box* row = rows.boxes->root->first_child; row != nullptr; row = row->next) row->parent = folded.parent;
    std::ranges::move(rows.boxes->warnings, std::back_inserter(warnings_));
    rows.words = shaper_.make_hold();
    return &rows;
}

void RowStore::drop(LoadedRows& rows) {
    if (rows.user != nullptr) *rows.user = nullptr;
    std::erase_if(loaded_, [&rows](const auto& known) { return known.get() == &rows; });
}

void RowStore::end_page() {
    std::erase_if(loaded_, [this](const auto& rows) {
        const bool old = rows->last_page + kPagesKept <= page_;
        if (old && rows->user != nullptr) *rows->user = nullptr;
        return old;
    });
    ++page_;
}

RowScope::RowScope(LayoutContext& context, LoadedRows* rows)
    : context_(context), outer_(context.box_arena), entered_(rows != nullptr) {
    if (!entered_) return;
    context.box_arena = &rows->boxes->arena();
    outer_hold_ = context.shaper.hold(rows->words.get());
}

RowScope::~RowScope() {
    if (!entered_) return;
    context_.box_arena = outer_;
    context_.shaper.hold(outer_hold_);
}

}  // namespace galley::document
