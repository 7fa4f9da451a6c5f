#include "document/box/box_builder.h"

#include <algorithm>

#include "document/box/box_fixup.h"
#include "document/box/counter_text.h"
#include "document/box/element_counters.h"
#include "document/box/first_letter.h"
#include "document/box/folded_rows.h"
#include "document/box/generated_content.h"
#include "document/box/page_texts.h"

namespace galley::document {

namespace {

constexpr int kSpanMax = 1000;

// An element whose children are being visited.
struct Frame {
    const Node* element = nullptr;
    const Node* next_child = nullptr;
    const ComputedStyle* style = nullptr;
    Box* box = nullptr;      // null: children go to the frame `target`
    std::size_t target = 0;  // index of the frame that takes children; itself when box is set
    bool split = false;      // an inline box was cut by a block: reopen before the next child
};

BoxKind kind_of(Display display) {
    switch (display) {
        case Display::Inline:
            return BoxKind::Inline;
        case Display::Flex:
        case Display::InlineFlex:
            return BoxKind::Flex;
        case Display::Table:
        case Display::InlineTable:
            return BoxKind::Table;
        case Display::TableRow:
            return BoxKind::Row;
        case Display::TableRowGroup:
        case Display::TableHeaderGroup:
        case Display::TableFooterGroup:
            return BoxKind::RowGroup;
        case Display::TableCell:
            return BoxKind::Cell;
        case Display::TableColumn:
            return BoxKind::Column;
        case Display::TableColumnGroup:
            return BoxKind::ColumnGroup;
        case Display::TableCaption:
            return BoxKind::Caption;
        default:
            return BoxKind::Block;
    }
}

bool is_inline_outside(Display display) {
    return display == Display::Inline || display == Display::InlineBlock || display == Display::InlineFlex ||
           display == Display::InlineTable;
}

bool makes_context(BoxKind kind, const ComputedStyle& style) {
    return kind == BoxKind::Flex || kind == BoxKind::Table || kind == BoxKind::Cell || kind == BoxKind::Caption ||
           style.display == Display::FlowRoot || style.display == Display::InlineBlock ||
           style.overflow != Overflow::Visible || has_columns(style);
}

class Builder final : public ContentSources {
 public:
    Builder(StyledDocument& styled, const BoxOptions& options)
        : styled_(styled),
          options_(options),
          tree_(std::make_unique<BoxTree>()),
          own_images_(options.loader, options.base_url, nullptr),
          images_(options.images != nullptr ? *options.images : own_images_) {}

    Result<std::unique_ptr<BoxTree>> build() {
        if (const Node* html = styled_.dom().html()) {
            open(*html);
            while (!frames_.empty()) {
                GALLEY_TRY_VOID(check());
                step();
            }
        }
        if (!std::ranges::all_of(tree_->page_texts, [](const PageText& text) { return stays_in_lines(*text.box); }))
            tree_->needs_passes = true;
        return std::move(tree_);
    }

    // The rows below a copy of their group, the tree's root.
    Result<std::unique_ptr<BoxTree>> build_rows(const RowNodes& rows, const Box& group) {
        Box& root = tree_->make(BoxKind::RowGroup, *group.style, group.node);
        tree_->root = &root;
        root.parent = group.parent;
        frames_.push_back({group.node, rows.first(), group.style, &root, 0, false});
        while (frames_.size() > 1 || frames_.back().next_child != nullptr) {
            GALLEY_TRY_VOID(check());
            step();
        }
        finish(root);
        if (!tells_nothing_else() || !keep_to_themselves(rows, styled_)) return nullptr;
        return std::move(tree_);
    }

    // ContentSources
    std::vector<int> counter_values(std::string_view name) override;
    std::string named_string(std::string_view, std::string_view) override { return ""; }
    std::string target_counter(std::string_view target, std::string_view name, std::string_view style) override;
    std::string target_text(std::string_view target) override;
    std::string element_text(std::string_view part) override;
    int& quote_depth() override { return quote_depth_; }
    std::optional<std::string> page_text(const ContentItem& item) override;
    const CounterStyles& counter_styles() const override { return styled_.counter_styles(); }

 private:
    Result<void> check() const {
        if (tree_->size() > options_.boxes_max)
            return fail(ErrorCode::LimitExceeded, "the document makes too many boxes");
        if ((tree_->size() & 1023U) == 0 && options_.cancelled != nullptr &&
            options_.cancelled->load(std::memory_order_relaxed))
            return fail(ErrorCode::Cancelled, "the render was cancelled");
        return {};
    }
    void step();
    bool tells_nothing_else() const {
        return tree_->fixed.empty() && tree_->page_texts.empty() && tree_->page_contents.empty() &&
               !tree_->needs_passes && !tree_->uses_page_names && !tree_->needs_whole_tables && quote_depth_ == 0;
    }
    void add_folded(const Node& rows);
    std::string text_of(const Node& element) {
        tree_->needs_whole_tables |= styled_.dom().has_folded_rows() && holds_folded_rows(element);
        return document::element_text(element);
    }
    void visit(const Node& child);
    void open(const Node& element);
    void close();
    void add_text(const Node& text);
    Box* make_line_break(const Node& element, const ComputedStyle& style);
    Box* make_box(const Node& element, const ComputedStyle& style);
    bool is_missing(const Node& element);
    Box* make_replaced(const Node& element, const ComputedStyle& style);
    void set_spans(Box& box, const Node& element);
    void place(Box& box);
    void append(Box& child);
    Box& open_box(std::size_t frame);
    void split_inlines(std::size_t frame);
    void add_pseudo(const Node& element, PseudoElement pseudo);
    void add_marker(const Node& element, const ComputedStyle& style, Box& box);
    void fill(Box& box, const std::vector<ContentPart>& parts);
    void annotate(const Node& element, const ComputedStyle& style, Box& box);
    std::string bookmark_label(const Node& element, const ComputedStyle& style);
    Box& place_of_running(Box& box);
    std::string marker_text(const ComputedStyle& style);
    std::string pseudo_text(const Node& element, PseudoElement pseudo);
    bool in_repeated(Position position) const;
    void note_page_content(Box& box, const std::vector<ContentItem>& items);
    void finish(Box& box) { finish_box({*tree_, styled_}, box); }

    StyledDocument& styled_;
    const BoxOptions& options_;
    std::unique_ptr<BoxTree> tree_;
    ImageStore own_images_;
    ImageStore& images_;
    Counters counters_;
    std::vector<Frame> frames_;
    const Node* element_ = nullptr;  // whose content() is asked for
    int quote_depth_ = 0;
    bool in_pseudo_text_ = false;
    bool page_dependent_ = false;  // set when a page counter was asked for
    std::map<std::string_view, const Node*> targets_;
    std::unique_ptr<TargetCounters> target_counters_;
};

bool Builder::in_repeated(Position position) const {
    return std::ranges::any_of(frames_, [position](const Frame& frame) { return frame.style->position == position; });
}

std::vector<int> Builder::counter_values(std::string_view name) {
    if (name != "pages" && name != "page") return counters_.values(name);
    page_dependent_ = true;
    const bool running = in_repeated(Position::Running);
    if (running && name == "pages") tree_->running_shows_pages = true;
    if (running || (name == "page" && in_repeated(Position::Fixed))) return {1};
    tree_->needs_passes = true;
    if (name == "pages" || options_.facts == nullptr) return {page_count(options_.facts)};
    const std::size_t number = tree_->page_contents.size();
    return {number < options_.facts->text_page.size() ? options_.facts->text_page[number] : 1};
}

void Builder::note_page_content(Box& box, const std::vector<ContentItem>& items) {
    if (!page_dependent_) return;
    page_dependent_ = false;
    box.page_dependent = true;
    const std::size_t number = tree_->page_contents.size();
    tree_->page_contents.emplace(&box, PageContent{&items, number});
}

std::optional<std::string> Builder::page_text(const ContentItem& item) {
    if (!depends_on_pages(item) || in_repeated(Position::Running)) return std::nullopt;
    return document::page_text(item, options_.facts, counter_styles());
}

std::string Builder::target_counter(std::string_view target, std::string_view name, std::string_view style) {
    if (name == "page" || name == "pages") {
        tree_->needs_passes = true;
        return target_page(target, name, style, options_.facts, counter_styles());
    }
    if (target.starts_with('#')) target.remove_prefix(1);
    if (target_counters_ == nullptr) target_counters_ = std::make_unique<TargetCounters>(styled_);
    return counter_text(target_counters_->value(target, name), style, counter_styles());
}

std::string Builder::target_text(std::string_view target) {
    if (targets_.empty())
        for (std::uint32_t i = 0; i < styled_.dom().node_count(); ++i)
            if (const Node& node = styled_.dom().node(i); !node.id().empty()) targets_.emplace(node.id(), &node);
    if (target.starts_with('#')) target.remove_prefix(1);
    const auto found = targets_.find(target);
    return found == targets_.end() ? "" : text_of(*found->second);
}

void Builder::step() {
    Frame& frame = frames_.back();
    if (frame.next_child == nullptr) return close();
    const Node& child = *frame.next_child;
    frame.next_child = child.next_sibling;
    visit(child);
}

void Builder::visit(const Node& child) {
    if (child.is_text()) return add_text(child);
    if (child.is_element()) return open(child);
    if (child.type == NodeType::FoldedRows) add_folded(child);
}

void Builder::add_folded(const Node& rows) {
    const bool first = !tree_->has_folded_rows;
    tree_->has_folded_rows = true;
    const Box* group = frames_.back().box;
    if (group == nullptr || group->kind != BoxKind::RowGroup || (first && !styled_.rows_may_be_folded())) {
        tree_->needs_whole_tables = true;
        return;
    }
    append(tree_->make(BoxKind::FoldedRows, *frames_.back().style, &rows));
}

void Builder::add_text(const Node& text) {
    if (text.text().empty()) return;
    const std::size_t target = frames_.back().target;
    const Box& parent = *frames_[target].box;
    const ComputedStyle& style = *frames_.back().style;
    const bool space = is_collapsible_space(text.text(), style.text->white_space);
    const bool drops = parent.kind == BoxKind::Table || parent.kind == BoxKind::RowGroup ||
                       parent.kind == BoxKind::Row || parent.kind == BoxKind::Flex ||
                       parent.kind == BoxKind::ColumnGroup;
    if (space && drops) return;
    Box& box = tree_->make(BoxKind::Text, style, &text);
    box.inline_level = true;
    box.set_text(text.text());
    box.line_content = !space;
    append(box);
}

Box& Builder::open_box(std::size_t index) {
    // Reopen from the outermost split inline box inwards.
    std::vector<std::size_t> chain;
    for (std::size_t at = index; frames_[at].split; at = frames_[at - 1].target) chain.push_back(at);
    for (auto at = chain.rbegin(); at != chain.rend(); ++at) {
        Frame& frame = frames_[*at];
        Box& part = tree_->make(BoxKind::Inline, *frame.style, frame.element);
        part.inline_level = part.continuation = true;
        append_child(*frames_[frames_[*at - 1].target].box, part);
        frame.box = &part;
        frame.split = false;
    }
    return *frames_[index].box;
}

// Closes the inline boxes around frame `index`, so that a block can become their container's child.
void Builder::split_inlines(std::size_t index) {
    for (std::size_t at = index; frames_[at].box->kind == BoxKind::Inline; at = frames_[at - 1].target) {
        if (frames_[at].split) continue;
        frames_[at].box->continued = true;
        frames_[at].split = true;
        finish(*frames_[at].box);
    }
}

void Builder::append(Box& child) {
    std::size_t target = frames_.back().target;
    const bool cuts = child.in_flow() && !child.inline_level && !child.is_table_part();
    if (cuts && frames_[target].box->kind == BoxKind::Inline) {
        split_inlines(target);
        while (frames_[target].box->kind == BoxKind::Inline) target = frames_[target - 1].target;
        append_child(*frames_[target].box, child);
        return;
    }
    append_child(open_box(target), child);
}

void Builder::set_spans(Box& box, const Node& element) {
    const auto span = [&](std::string_view name, int least) {
        return static_cast<std::uint16_t>(std::clamp(integer_attribute(element, name, 1), least, kSpanMax));
    };
    if (box.kind == BoxKind::Cell) {
        box.column_span = span("colspan", 1);
        box.row_span = span("rowspan", 0);
    } else if (box.kind == BoxKind::Column || box.kind == BoxKind::ColumnGroup) {
        box.column_span = span("span", 1);
    }
}

// An image that cannot be had and has no text in its place leaves nothing, as in WeasyPrint.
bool Builder::is_missing(const Node& element) {
    if (!element.is("img")) return false;
    const std::string_view *source = element.attribute("src"), *alt = element.attribute("alt");
    return (alt == nullptr || alt->empty()) && (source == nullptr || images_.get(*source) == nullptr);
}

Box* Builder::make_replaced(const Node& element, const ComputedStyle& style) {
    if (element.is("svg")) {
        Box& box = tree_->make(BoxKind::Replaced, style, &element);
        tree_->extras(box).image = tree_->keep(images_.inline_svg(element, styled_));
        return &box;
    }
    const std::string_view* source = element.attribute("src");
    std::shared_ptr<const ImageData> image = source != nullptr ? images_.get(*source) : nullptr;
    const std::string_view* alt = element.attribute("alt");
    if (image == nullptr && alt != nullptr && !alt->empty()) {
        Box& text = tree_->make(BoxKind::Text, style, &element);
        text.inline_level = text.line_content = true;
        text.set_text(*alt);
        Box& box = tree_->make(style.display == Display::Inline ? BoxKind::Inline : BoxKind::Block, style, &element);
        append_child(box, text);
        return &box;
    }
    Box& box = tree_->make(BoxKind::Replaced, style, &element);
    if (image != nullptr) tree_->extras(box).image = tree_->keep(std::move(image));
    return &box;
}

Box* Builder::make_line_break(const Node& element, const ComputedStyle& style) {
    Box& box = tree_->make(BoxKind::LineBreak, style, &element);
    box.inline_level = box.line_content = true;
    return &box;
}

Box* Builder::make_box(const Node& element, const ComputedStyle& style) {
    const bool replaced = element.is("img") || element.is("svg");
    Box* box = replaced ? make_replaced(element, style) : &tree_->make(kind_of(style.display), style, &element);
    box->floating = style.float_side == Float::Left || style.float_side == Float::Right;
    box->positioned = style.position == Position::Absolute || style.position == Position::Fixed;
    if (box->positioned) box->floating = false;
    const bool out = box->floating || box->positioned || style.position == Position::Running;
    const bool block = out || frames_.empty();
    if (block && (box->kind == BoxKind::Inline || box->is_table_part())) box->kind = BoxKind::Block;
    box->inline_level = !block && is_inline_outside(style.display);
    box->new_context = out || frames_.empty() || makes_context(box->kind, style);
    box->line_content = box->inline_level && box->kind != BoxKind::Inline;
    set_spans(*box, element);
    return box;
}

// https://www.w3.org/TR/css-gcpm-3/#running-elements — where the element stood says which pages show it.
Box& Builder::place_of_running(Box& box) {
    Box& mark = tree_->make(BoxKind::Block, *box.style, box.node);
    mark.positioned = mark.generated = true;
    tree_->extras(mark).marker = &box;
    return mark;
}

std::string Builder::bookmark_label(const Node& element, const ComputedStyle& style) {
    if (!style.rare || !style.rare->bookmark_label) return text_of(element);
    std::string text = content_text(*style.rare->bookmark_label, style.text->quotes, *this);
    page_dependent_ = false;
    return text;
}

void Builder::annotate(const Node& element, const ComputedStyle& style, Box& box) {
    element_ = &element;
    tree_->uses_page_names |= !style.page.empty();
    if (style.bookmark_level > 0) tree_->extras(box).bookmark = tree_->keep(bookmark_label(element, style));
    if (style.string_set.empty()) return;
    std::pmr::polymorphic_allocator<NamedString> allocator(&tree_->arena());
    NamedString* strings = allocator.allocate(style.string_set.size());
    for (std::size_t i = 0; i < style.string_set.size(); ++i) {
        const StringSet& set = style.string_set[i];
        strings[i] = {set.name, tree_->keep(content_text(set.value, style.text->quotes, *this))};
    }
    tree_->extras(box).strings = {strings, style.string_set.size()};
}

void Builder::place(Box& box) {
    const Position position = box.style->position;
    if (frames_.empty())
        tree_->root = &box;
    else if (position == Position::Fixed)
        tree_->fixed.push_back({&box, frames_[frames_.back().target].box});
    else if (position == Position::Running)
        append(place_of_running(box));
    else
        append(box);
}

void Builder::open(const Node& element) {
    const ComputedStyle& style = *styled_.style(element);
    if (style.display == Display::None || is_missing(element)) return;
    count_element(counters_, element, style);
    Frame frame{&element, element.first_child, &style, nullptr, frames_.size(), false};
    const bool root = frames_.empty();
    if (!root && (style.display == Display::Contents || frames_.size() >= kBoxDepthMax)) {
        frame.target = frames_.back().target;
    } else {
        const bool breaks = element.is("br");
        frame.box = breaks ? make_line_break(element, style) : make_box(element, style);
        annotate(element, style, *frame.box);
        place(*frame.box);
        const bool leaf = frame.box->kind == BoxKind::Replaced || breaks || element.is("img");
        if (leaf) {
            finish(*frame.box);
            if (breaks) add_pseudo(element, PseudoElement::After);
            return;
        }
    }
    frames_.push_back(frame);
    counters_.enter();
    if (frame.box != nullptr && style.display == Display::ListItem) add_marker(element, style, *frame.box);
    add_pseudo(element, PseudoElement::Before);
}

void Builder::close() {
    add_pseudo(*frames_.back().element, PseudoElement::After);
    counters_.leave();
    const Frame frame = frames_.back();
    if (frame.box != nullptr && !frame.split) {
        const ComputedStyle* first_letter = styled_.pseudo_style(*frame.element, PseudoElement::FirstLetter);
        if (first_letter != nullptr) style_first_letter({*tree_, styled_}, *frame.box, *first_letter);
        finish(*frame.box);
    }
    frames_.pop_back();
}

void Builder::fill(Box& box, const std::vector<ContentPart>& parts) {
    for (const ContentPart& part : parts) {
        if (part.kind == ContentPart::Kind::Element) continue;
        Box* child = nullptr;
        if (part.kind == ContentPart::Kind::Image) {
            std::shared_ptr<const ImageData> image = images_.get(part.text);
            if (image == nullptr) continue;
            child = &tree_->make(BoxKind::Replaced, *styled_.anonymous_style(*box.style, Display::Inline), nullptr);
            tree_->extras(*child).image = tree_->keep(std::move(image));
        } else {
            if (part.text.empty()) continue;
            child = &tree_->make(part.kind == ContentPart::Kind::Text ? BoxKind::Text : BoxKind::Leader, *box.style,
                                 nullptr);
            child->set_text(tree_->keep(part.text));
            child->page_text = !part.pieces.empty() && options_.facts == nullptr;
            if (child->page_text) tree_->page_texts.push_back({child, part.pieces, part.rest});
        }
        child->inline_level = child->generated = true;
        child->line_content = child->kind != BoxKind::Text || !is_collapsible_space(*child);
        append_child(box, *child);
    }
}

void Builder::add_pseudo(const Node& element, PseudoElement pseudo) {
    const ComputedStyle* style = styled_.pseudo_style(element, pseudo);
    if (style == nullptr || style->display == Display::None || !style->content) return;
    element_ = &element;
    count_pseudo(counters_, *style);
    Box& box = *make_box(element, *style);
    if (box.kind == BoxKind::Replaced) return;
    box.generated = true;
    fill(box, evaluate_content(*style->content, style->text->quotes, *this));
    note_page_content(box, *style->content);
    finish(box);
    place(box);
}

// https://www.w3.org/TR/css-content-3/#content-function
std::string Builder::element_text(std::string_view part) {
    if (part == "before") return pseudo_text(*element_, PseudoElement::Before);
    if (part == "after") return pseudo_text(*element_, PseudoElement::After);
    if (part == "marker") {
        const ComputedStyle& style = *styled_.style(*element_);
        return style.display == Display::ListItem ? marker_text(style) : "";
    }
    std::string text = text_of(*element_);
    return part == "first-letter" ? std::string(first_letter_of(text)) : text;
}

// What the pseudo-element will show: its counters count here too, and then once more where it stands.
std::string Builder::pseudo_text(const Node& element, PseudoElement pseudo) {
    const ComputedStyle* style = styled_.pseudo_style(element, pseudo);
    if (in_pseudo_text_ || style == nullptr || style->display == Display::None || !style->content) return "";
    in_pseudo_text_ = true;  // content(before) within ::before says nothing
    const Counters counters = counters_;
    const int depth = quote_depth_;
    counters_.enter();
    count_pseudo(counters_, *style);
    std::string text = content_text(*style->content, style->text->quotes, *this);
    counters_ = counters;
    quote_depth_ = depth;
    in_pseudo_text_ = false;
    return text;
}

std::string Builder::marker_text(const ComputedStyle& style) {
    const std::string& type = style.text->list_style_type;
    if (type == "none" || type.empty()) return "";
    if (type.front() == '"' || type.front() == '\'') return type.substr(1, type.size() >= 2 ? type.size() - 2 : 0);
    return document::marker_text(counters_.value("list-item"), type, counter_styles());
}

// https://www.w3.org/TR/css-lists-3/#markers
void Builder::add_marker(const Node& element, const ComputedStyle& style, Box& box) {
    const ComputedStyle* given = styled_.pseudo_style(element, PseudoElement::Marker);
    if (given != nullptr && given->display == Display::None) return;
    element_ = &element;
    const bool outside = style.text->list_style_position == ListStylePosition::Outside;
    const ComputedStyle& marker_style = given != nullptr ? *given : *styled_.anonymous_style(style, Display::Inline);
    std::vector<ContentPart> parts;
    if (given != nullptr && given->content)
        parts = evaluate_content(*given->content, given->text->quotes, *this);
    else if (const std::string& image = style.text->list_style_image; !image.empty() && images_.get(image) != nullptr)
        parts.push_back({ContentPart::Kind::Image, image, {}});
    else if (std::string text = marker_text(given != nullptr ? *given : style); !text.empty())
        parts.push_back({ContentPart::Kind::Text, std::move(text), {}});
    if (parts.empty()) return;
    Box& marker = tree_->make(outside ? BoxKind::Block : BoxKind::Inline, marker_style, &element);
    marker.generated = marker.inline_level = true;
    marker.new_context = outside;
    fill(marker, parts);
    finish(marker);
    if (outside) {
        tree_->extras(box).marker = &marker;
        marker.parent = &box;
    } else {
        append(marker);
    }
}

Box* next_box(Box& at, const Box& root) {
    if (at.first_child != nullptr) return at.first_child;
    Box* box = &at;
    while (box != &root && box->next == nullptr) box = box->parent;
    return box == &root ? nullptr : box->next;
}

}  // namespace

void refresh_page_contents(BoxTree& tree, Box& root, ContentSources& sources) {
    bool changed = false;
    for (Box* box = &root; box != nullptr; box = next_box(*box, root)) {
        if (!box->page_dependent) continue;
        const std::vector<ContentPart> parts =
            evaluate_content(*tree.page_contents.at(box).items, box->text_style().quotes, sources);
        Box* child = box->first_child;
        for (const ContentPart& part : parts) {
            if (part.kind == ContentPart::Kind::Element || part.text.empty()) continue;
            if (child == nullptr) break;
            if (part.kind == ContentPart::Kind::Text && child->kind == BoxKind::Text && child->text() != part.text) {
                child->set_text(tree.keep(part.text));
                changed = true;
            }
            child = child->next;
        }
    }
    for (Box* box = changed ? &root : nullptr; box != nullptr; box = next_box(*box, root)) box->cache = nullptr;
}

Result<std::unique_ptr<BoxTree>> build_boxes(StyledDocument& styled, const BoxOptions& options) {
    return Builder(styled, options).build();
}

Result<std::unique_ptr<BoxTree>> build_rows(StyledDocument& styled, const BoxOptions& options, const RowNodes& rows,
                                            const Box& group) {
    return Builder(styled, options).build_rows(rows, group);
}

}  // namespace galley::document
