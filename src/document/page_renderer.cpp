#include "document/page_renderer.h"

#include <deque>

#include "document/box/box_builder.h"
#include "document/box/image_store.h"
#include "document/layout/margin_boxes.h"
#include "document/layout/page_layout.h"
#include "document/paint/painter.h"

namespace galley::document {

namespace {

constexpr std::size_t kPageArenaBytes = 512 * 1024;

// A page whose margin boxes wait for the number of pages.
struct WaitingPage {
    DisplayPage page;
    PageBox box;
    PageStrings strings;
};

class Pass {
 public:
    Pass(StyledDocument& styled, TextShaper& shaper, const RenderOptions& options, BoxTree& tree, const PageSink& sink,
         ImageStore& images)
        : options_(options),
          sink_(sink),
          context_(tree, styled, shaper),
          store_(images),
          images_([this](std::string_view url) { return store_.get(url, image_warnings_); }) {
        context_.page_arena = &arena_;
        context_.cancelled = options.cancelled;
    }
    Result<void> run();
    const PageFacts& facts() const { return facts_; }
    std::vector<std::string> take_warnings() {
        if (context_.too_deep) image_warnings_.emplace_back("boxes nested too deeply are left out");
        return std::move(image_warnings_);
    }

 private:
    Result<void> finish_page(LaidPage& laid);
    Result<void> add_margin_boxes(DisplayPage& page, const PageBox& box, const PageStrings& strings, int page_count);
    Result<void> release_waiting();
    void note_strings(const PageRecord& record);

    const RenderOptions& options_;
    const PageSink& sink_;
    std::vector<std::byte> buffer_{kPageArenaBytes};
    std::pmr::monotonic_buffer_resource arena_{buffer_.data(), buffer_.size()};
    LayoutContext context_;
    ImageStore& store_;
    ImageLookup images_;
    std::vector<std::string> image_warnings_;
    PageStrings strings_;
    PageFacts facts_;
    std::deque<WaitingPage> waiting_;
};

// https://www.w3.org/TR/css-gcpm-3/#using-named-strings
void Pass::note_strings(const PageRecord& record) {
    for (auto& [name, value] : strings_) {
        value.entry = value.first = value.last;
        value.assigned = false;
    }
    for (const NamedString& set : record.strings) {
        PageString& value = strings_[std::string(set.name)];
        if (!value.assigned) value.first = set.value;
        value.last = set.value;
        value.assigned = true;
    }
}

Result<void> Pass::add_margin_boxes(DisplayPage& page, const PageBox& box, const PageStrings& strings, int page_count) {
    MarginContent content;
    content.page_number = box.context.number;
    content.page_count = page_count;
    content.strings = &strings;
    PageRecord record;
    Painter painter(page, record, images_);
    for (const Fragment* fragment : lay_margin_boxes(context_, box, content)) painter.paint(*fragment);
    arena_.release();
    return sink_ ? sink_(page) : Result<void>{};
}

Result<void> Pass::finish_page(LaidPage& laid) {
    DisplayPage page;
    PageRecord record;
    Painter painter(page, record, images_);
    painter.paint_page_box(laid.box, context_.tree.root);
    if (laid.root != nullptr) painter.paint(*laid.root);
    for (const Fragment* fragment : laid.fixed) painter.paint(*fragment);
    note_strings(record);
    for (const Anchor& anchor : page.anchors) facts_.anchor_page.emplace(anchor.name, laid.box.context.number);
    arena_.release();
    const bool waits = !waiting_.empty() || margin_boxes_need_page_count(laid.box.style);
    if (!waits) return add_margin_boxes(page, laid.box, strings_, 0);
    if (sink_) waiting_.push_back({std::move(page), std::move(laid.box), strings_});
    return {};
}

Result<void> Pass::release_waiting() {
    for (; !waiting_.empty(); waiting_.pop_front()) {
        WaitingPage& page = waiting_.front();
        GALLEY_TRY_VOID(add_margin_boxes(page.page, page.box, page.strings, facts_.page_count));
    }
    return {};
}

Result<void> Pass::run() {
    PageFlow flow(context_);
    LaidPage laid;
    while (flow.next(laid)) {
        if (++facts_.page_count > options_.limits.pages_max)
            return fail(ErrorCode::LimitExceeded, "the document has more than " +
                                                      std::to_string(options_.limits.pages_max) + " pages (pages_max)");
        if (options_.cancelled != nullptr && options_.cancelled->load(std::memory_order_relaxed))
            context_.stopped = true;
        if (context_.stopped) break;
        GALLEY_TRY_VOID(finish_page(laid));
        if (options_.progress && sink_) options_.progress(RenderPhase::LaidOut, facts_.page_count);
    }
    if (context_.stopped) return fail(ErrorCode::Cancelled, "the render was cancelled");
    return release_waiting();
}

}  // namespace

Result<PagesReport> render_pages(StyledDocument& styled, TextShaper& shaper, const RenderOptions& options,
                                 const PageSink& sink) {
    PageFacts facts;
    ImageStore images(options.loader, options.base_url);
    for (int number = 1;; ++number) {
        BoxOptions box_options;
        box_options.base_url = options.base_url;
        box_options.loader = options.loader;
        box_options.cancelled = options.cancelled;
        box_options.facts = number > 1 ? &facts : nullptr;
        GALLEY_TRY(const std::unique_ptr<BoxTree> tree, build_boxes(styled, box_options));
        const PageSink none;
        const bool final = !tree->uses_page_facts || number == kPassesMax;
        Pass pass(styled, shaper, options, *tree, final ? sink : none, images);
        GALLEY_TRY_VOID(pass.run());
        if (final) {
            PagesReport report{pass.facts().page_count, tree->warnings};
            for (std::string& warning : pass.take_warnings()) report.warnings.push_back(std::move(warning));
            return report;
        }
        facts = pass.facts();
    }
}

}  // namespace galley::document
