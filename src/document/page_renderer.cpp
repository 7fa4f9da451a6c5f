#include "document/page_renderer.h"

#include <algorithm>
#include <deque>
#include <memory>

#include "document/box/box_builder.h"
#include "document/box/image_store.h"
#include "document/layout/layout_cache.h"
#include "document/layout/margin_boxes.h"
#include "document/layout/page_layout.h"
#include "document/layout/positioned.h"
#include "document/layout/row_store.h"
#include "document/paint/painter.h"

namespace galley::document {

namespace {

constexpr std::size_t kPageArenaBytes = 512 * 1024;

// What the margin boxes of a page may show.
struct PageState {
    PageCounters counters;
    PageStrings strings;
    PageElements elements;
};

// A page whose margin boxes wait for the number of pages.
struct WaitingMargins {
    std::size_t index = 0;
    PageBox box;
    PageState state;
};

// A page whose lines wait for page numbers.
struct WaitingLines {
    std::size_t index = 0;
    const BreakToken* start = nullptr;
    const BreakToken* end = nullptr;
    PageState state;
};

enum class Output : std::uint8_t { None, Pages };

// In the style in which the page's margins show it.
PageLabel label_of(const PageStyle& style, int number) {
    using Style = PageLabel::Style;
    constexpr std::pair<std::string_view, Style> kStyles[] = {
        {"lower-roman", Style::LowerRoman}, {"upper-roman", Style::UpperRoman}, {"lower-alpha", Style::LowerAlpha},
        {"lower-latin", Style::LowerAlpha}, {"upper-alpha", Style::UpperAlpha}, {"upper-latin", Style::UpperAlpha}};
    for (const ComputedStyle* box : style.margin_boxes) {
        if (box == nullptr || !box->content) continue;
        for (const ContentItem& item : *box->content) {
            if (item.kind != ContentItem::Kind::Counter || item.name != "page") continue;
            const auto* const known =
                std::ranges::find(kStyles, item.counter_style, &std::pair<std::string_view, Style>::first);
            return {number, known != std::end(kStyles) ? known->second : Style::Decimal};
        }
    }
    return {number, Style::Decimal};
}

class Pass {
 public:
    Pass(StyledDocument& styled, TextShaper& shaper, const RenderOptions& options, const BoxOptions& box_options,
         BoxTree& tree, PageSink& sink, ImageStore& images, Output output, const PageFacts& known)
        : options_(options),
          sink_(sink),
          output_(output),
          context_(tree, styled, shaper),
          flow_(context_, known.page_count),
          store_(images),
          images_([this](std::string_view url) { return store_.get(url); }) {
        context_.page_arena = &arena_;
        context_.cancelled = options.cancelled;
        if (tree.has_folded_rows) context_.rows = std::make_unique<RowStore>(styled, shaper, box_options);
    }
    // Lays all pages. True when every page is put, false when a pass that knows these facts must follow.
    Result<bool> run();
    const PageFacts& facts() const { return facts_; }
    bool needs_whole_tables() const { return context_.rows != nullptr && context_.rows->needs_whole(); }
    std::vector<std::string> take_warnings() {
        if (context_.too_deep) store_.warn("boxes nested too deeply are left out");
        std::vector<std::string> all = store_.take_warnings();
        if (context_.rows != nullptr) std::ranges::move(context_.rows->take_warnings(), std::back_inserter(all));
        return all;
    }

 private:
    Result<void> lay_all();
    Result<void> check_page() const;
    Result<void> finish_page(const LaidPage& laid);
    Result<void> put(std::size_t index, DisplayPage& page, const PageBox& box, const PageState& state);
    PageRecord paint(const LaidPage& laid, DisplayPage& page);
    void paint_margin_boxes(const PageBox& box, const PageState& state, DisplayPage& page);
    void fill_in_page_texts();
    Result<bool> lay_waiting_lines();
    Result<void> add_waiting_margins();
    void note_strings(const PageRecord& record, LayoutUnit page_top);
    void note_running(const PageRecord& record, LayoutUnit page_top);
    void note_page_contents(const PageRecord& record, int page);

    const RenderOptions& options_;
    PageSink& sink_;
    const Output output_;
    std::unique_ptr<std::byte[]> buffer_ = std::make_unique_for_overwrite<std::byte[]>(kPageArenaBytes);
    std::pmr::monotonic_buffer_resource arena_{buffer_.get(), kPageArenaBytes};
    LayoutContext context_;
    PageFlow flow_;
    ImageStore& store_;
    ImageLookup images_;
    PageState state_;  // of the page that was painted last
    PageFacts facts_;
    std::deque<WaitingMargins> waiting_margins_;
    std::deque<WaitingLines> waiting_lines_;
};

// https://www.w3.org/TR/css-gcpm-3/#using-named-strings
void Pass::note_strings(const PageRecord& record, LayoutUnit page_top) {
    for (auto& [name, value] : state_.strings) {
        value.entry = value.first = value.last;
        value.assigned = value.at_start = false;
    }
    for (const PageRecord::Set& set : record.strings) {
        PageString& value = state_.strings[std::string(set.string.name)];
        if (!value.assigned) {
            value.first = set.string.value;
            value.at_start = set.y <= page_top;
        }
        value.last = set.string.value;
        value.assigned = true;
    }
}

// https://www.w3.org/TR/css-gcpm-3/#running-elements
void Pass::note_running(const PageRecord& record, LayoutUnit page_top) {
    for (auto& [name, element] : state_.elements) {
        element.entry = element.first = element.last;
        element.assigned = element.at_start = false;
    }
    for (const PageRecord::Running& set : record.running) {
        PageElement& element = state_.elements[set.element->style->running_name];
        if (!element.assigned) {
            element.first = set.element;
            element.at_start = set.y <= page_top;
        }
        element.last = set.element;
        element.assigned = true;
    }
}

void Pass::note_page_contents(const PageRecord& record, int page) {
    for (const Box* box : record.page_contents) {
        const auto found = context_.tree.page_contents.find(box);
        if (found == context_.tree.page_contents.end()) continue;
        const std::size_t number = found->second.number;
        if (facts_.text_page.size() <= number) facts_.text_page.resize(number + 1, 1);
        facts_.text_page[number] = page;
    }
}

PageRecord Pass::paint(const LaidPage& laid, DisplayPage& page) {
    enter_phase(options_.phases, WorkPhase::Paint);
    PageRecord record;
    Painter painter(page, record, images_);
    painter.paint_page_box(laid.box, context_.tree.root);
    if (laid.root != nullptr) painter.paint(*laid.root);
    for (const Fragment* fragment : laid.fixed) painter.paint(*fragment);
    return record;
}

void Pass::paint_margin_boxes(const PageBox& box, const PageState& state, DisplayPage& page) {
    MarginContent content;
    content.counters = &state.counters;
    content.strings = &state.strings;
    content.elements = &state.elements;
    content.page_count = facts_.page_count;
    content.images = &store_;
    PageRecord record;
    Painter painter(page, record, images_);
    enter_phase(options_.phases, WorkPhase::Layout);
    const std::vector<Fragment*> boxes = lay_margin_boxes(context_, box, content);
    for (Fragment* fragment : boxes) resolve_positioned(context_, *fragment, fragment->offset, box.area);
    enter_phase(options_.phases, WorkPhase::Paint);
    for (const Fragment* fragment : boxes) painter.paint(*fragment);
}

Result<void> Pass::put(std::size_t index, DisplayPage& page, const PageBox& box, const PageState& state) {
    if (const auto number = state.counters.find("page"); number != state.counters.end())
        page.label = label_of(box.style, number->second);
    if (margin_boxes_need_page_count(box.style, context_.tree))
        waiting_margins_.push_back({index, box, state});
    else
        paint_margin_boxes(box, state, page);
    enter_phase(options_.phases, WorkPhase::Write);
    return sink_.put_page(index, page);
}

Result<void> Pass::finish_page(const LaidPage& laid) {
    DisplayPage page;
    const PageRecord record = paint(laid, page);
    note_strings(record, laid.box.area.y);
    note_running(record, laid.box.area.y);
    state_.counters = laid.counters;
    const int number = state_.counters["page"];
    note_page_contents(record, number);
    for (const Anchor& anchor : page.anchors) facts_.anchor_page.emplace(anchor.name, number);
    if (output_ == Output::None) return {};
    const auto index = static_cast<std::size_t>(laid.box.context.number) - 1;
    if (!laid.has_page_texts) return put(index, page, laid.box, state_);
    waiting_lines_.push_back({index, laid.start, laid.end, state_});
    return {};
}

// Texts of the flow get their page numbers; whatever was measured with the placeholders is forgotten.
void Pass::fill_in_page_texts() {
    for (const PageText& text : context_.tree.page_texts) {
        std::string characters;
        for (const PageNumberPiece& piece : text.pieces)
            characters += piece.before + page_text(*piece.item, &facts_, context_.styled.counter_styles());
        text.box->set_text(context_.tree.keep(characters + text.rest));
        for (const Box* box = text.box->parent; box != nullptr; box = box->parent) {
            if (box->cache == nullptr) continue;
            box->cache->inline_content = nullptr;
            box->cache->widths_known = false;
        }
    }
}

// False: a page ends elsewhere than before.
Result<bool> Pass::lay_waiting_lines() {
    if (waiting_lines_.empty()) return true;
    fill_in_page_texts();
    for (; !waiting_lines_.empty(); waiting_lines_.pop_front()) {
        const WaitingLines& waiting = waiting_lines_.front();
        enter_phase(options_.phases, WorkPhase::Layout);
        const LaidPage laid = flow_.again(waiting.start, static_cast<int>(waiting.index) + 1, waiting.state.counters);
        if (context_.stopped || !same_place(laid.end, waiting.end)) return false;
        DisplayPage page;
        paint(laid, page);
        GALLEY_TRY_VOID(put(waiting.index, page, laid.box, waiting.state));
        arena_.release();
    }
    return true;
}

Result<void> Pass::add_waiting_margins() {
    for (; !waiting_margins_.empty(); waiting_margins_.pop_front()) {
        const WaitingMargins& waiting = waiting_margins_.front();
        DisplayPage overlay;
        overlay.size = waiting.box.style.size;
        paint_margin_boxes(waiting.box, waiting.state, overlay);
        enter_phase(options_.phases, WorkPhase::Write);
        GALLEY_TRY_VOID(sink_.add_overlay(waiting.index, overlay));
        arena_.release();
    }
    return {};
}

Result<void> Pass::check_page() const {
    if (facts_.page_count > options_.limits.pages_max)
        return fail(ErrorCode::LimitExceeded,
                    "the document has more than " + std::to_string(options_.limits.pages_max) + " pages (pages_max)");
    return {};
}

Result<void> Pass::lay_all() {
    LaidPage laid;
    for (;;) {
        enter_phase(options_.phases, WorkPhase::Layout);
        if (!flow_.next(laid)) break;
        ++facts_.page_count;
        GALLEY_TRY_VOID(check_page());
        if (options_.cancelled != nullptr && options_.cancelled->load(std::memory_order_relaxed))
            context_.stopped = true;
        if (context_.stopped) break;
        GALLEY_TRY_VOID(finish_page(laid));
        arena_.release();
        if (context_.rows != nullptr) context_.rows->end_page();
        if (options_.progress && output_ == Output::Pages) options_.progress(RenderPhase::LaidOut, facts_.page_count);
    }
    return {};
}

Result<bool> Pass::run() {
    GALLEY_TRY_VOID(lay_all());
    bool settled = !context_.stopped && output_ == Output::Pages;
    if (settled) {
        GALLEY_TRY(settled, lay_waiting_lines());
    }
    if (context_.rows != nullptr && context_.rows->error()) return std::unexpected(*context_.rows->error());
    if (context_.stopped) return fail(ErrorCode::Cancelled, "the render was cancelled");
    if (settled) GALLEY_TRY_VOID(add_waiting_margins());
    return settled;
}

}  // namespace

Result<PagesReport> render_pages(StyledDocument& styled, TextShaper& shaper, const RenderOptions& options,
                                 PageSink& sink) {
    PageFacts facts;
    ImageStore images(options.loader, options.base_url, &shaper);
    for (int number = 1;; ++number) {
        BoxOptions box_options;
        box_options.base_url = options.base_url;
        box_options.loader = options.loader;
        box_options.images = &images;
        box_options.cancelled = options.cancelled;
        box_options.facts = number > 1 ? &facts : nullptr;
        enter_phase(options.phases, WorkPhase::Boxes);
        GALLEY_TRY(const std::unique_ptr<BoxTree> tree, build_boxes(styled, box_options));
        if (tree->needs_whole_tables || (tree->has_folded_rows && !tree->page_texts.empty()))
            return PagesReport{.page_count = 0, .warnings = {}, .needs_whole_tables = true};
        const bool first = number == 1, last = number == kPassesMax;
        Pass pass(styled, shaper, options, box_options, *tree, sink, images,
                  first && tree->needs_passes ? Output::None : Output::Pages, facts);
        const Result<bool> settled = pass.run();
        if (pass.needs_whole_tables()) return PagesReport{.page_count = 0, .warnings = {}, .needs_whole_tables = true};
        if (!settled) return std::unexpected(settled.error());
        if (*settled && (first || last || pass.facts() == facts)) {
            PagesReport report{pass.facts().page_count, tree->warnings};
            for (std::string& warning : pass.take_warnings()) report.warnings.push_back(std::move(warning));
            return report;
        }
        facts = pass.facts();
        sink.restart();
    }
}

}  // namespace galley::document
