#include "document/pdf/pdf_writer.h"

#include <algorithm>
#include <span>

#include "document/pdf/attachments.h"
#include "document/pdf/document_fonts.h"
#include "document/pdf/document_images.h"
#include "document/pdf/metadata.h"
#include "document/pdf/navigation.h"
#include "document/pdf/page_labels.h"
#include "document/pdf/page_painter.h"
#include "document/pdf/pdf_file.h"
#include "document/pdf/resources.h"
#include "document/pdf/to_unicode.h"

namespace galley::document {
namespace {

constexpr std::size_t kPageTreeFanOut = 32;
constexpr double kPointsPerPx = 0.75;

class Writer final : public PdfWriter {
 public:
    Writer(FontLibrary& library, const PdfOptions& options)
        : options_(options),
          cache_(FontCache::of(library)),
          file_(cache_.deflate(), options.deflate_level, options.format),
          fonts_(cache_),
          images_(file_, cache_.images()),
          resources_(file_),
          painter_(resources_, fonts_, images_, warnings_),
          navigation_(options.base_url),
          attachments_(file_, options.loader) {}

    Result<void> put_page(std::size_t index, const DisplayPage& page) override;
    Result<void> add_overlay(std::size_t index, const DisplayPage& overlay) override;
    std::size_t page_count() const override { return pages_.size(); }
    Result<Bytes> finish() override;
    const std::vector<std::string>& warnings() const override { return warnings_; }

 private:
    struct Page {
        ObjectId id = 0, content = 0, overlay = 0;
        Size size;
    };
    struct Node {  // of the page tree
        ObjectId id = 0;
        std::size_t pages = 0;
        std::string value;  // without /Parent and the end
    };

    Result<void> check_size() const;
    ObjectId write_page_tree();
    std::string page_value(std::size_t index);
    Node gather(std::span<const Node> children);
    std::string catalog(ObjectId pages);

    PdfOptions options_;
    FontCache& cache_;
    PdfFile file_;
    DocumentFonts fonts_;
    DocumentImages images_;
    Resources resources_;
    std::vector<std::string> warnings_;
    PagePainter painter_;
    Navigation navigation_;
    Attachments attachments_;
    std::vector<Page> pages_;
    std::vector<PageLabel> labels_;  // by page
};

Result<void> Writer::check_size() const {
    if (file_.size() <= options_.limits.output_bytes_max) return {};
    return fail(ErrorCode::LimitExceeded,
                "the document is larger than output_bytes_max = " + std::to_string(options_.limits.output_bytes_max));
}

Result<void> Writer::put_page(std::size_t index, const DisplayPage& page) {
    if (index >= static_cast<std::size_t>(std::max(0, options_.limits.pages_max)))
        return fail(ErrorCode::LimitExceeded,
                    "the document has more pages than pages_max = " + std::to_string(options_.limits.pages_max));
    if (index >= pages_.size()) {
        pages_.resize(index + 1);
        labels_.resize(index + 1);
    }
    const std::string content = painter_.paint(page);
    Page& entry = pages_[index];
    entry.id = file_.reserve();
    entry.content = file_.add_deflated("", content);
    entry.size = page.size;
    labels_[index] = page.label;
    navigation_.add(index, page, entry.id);
    return check_size();
}

// A second content stream of the page.
Result<void> Writer::add_overlay(std::size_t index, const DisplayPage& overlay) {
    if (overlay.items.empty() && overlay.links.empty()) return {};
    Page& entry = pages_[index];
    if (!overlay.items.empty()) entry.overlay = file_.add_deflated("", painter_.paint_overlay(overlay));
    navigation_.add(index, overlay, entry.id);
    return check_size();
}

std::string Writer::page_value(std::size_t index) {
    const Page& page = pages_[index];
    std::string value = "<</Type/Page/MediaBox[0 0 ";
    append_real(value, page.size.width.px() * kPointsPerPx, 4);
    value += ' ';
    append_real(value, page.size.height.px() * kPointsPerPx, 4);
    value += "]/Resources " + reference(resources_.id()) + "/Contents ";
    value += page.overlay == 0 ? reference(page.content)
                               : "[" + reference(page.content) + " " + reference(page.overlay) + "]";
    return value + navigation_.annotations(index, file_, attachments_, warnings_);
}

// Built from the leaves: groups of kPageTreeFanOut until one node is left, whose value then lacks only its end.
ObjectId Writer::write_page_tree() {
    std::vector<Node> level;
    for (std::size_t i = 0; i < pages_.size(); ++i) level.push_back({pages_[i].id, 1, page_value(i)});
    do {
        std::vector<Node> above;
        for (std::size_t begin = 0; begin < level.size() || above.empty(); begin += kPageTreeFanOut)
            above.push_back(gather(std::span(level).subspan(begin, std::min(level.size() - begin, kPageTreeFanOut))));
        level = std::move(above);
    } while (level.size() > 1);
    file_.put(level[0].id, level[0].value + ">>");
    return level[0].id;
}

Writer::Node Writer::gather(std::span<const Node> children) {
    Node node{file_.reserve(), 0, {}};
    std::string kids;
    for (const Node& child : children) {
        kids += (kids.empty() ? "" : " ") + reference(child.id);
        node.pages += child.pages;
        file_.put(child.id, child.value + "/Parent " + reference(node.id) + ">>");
    }
    node.value = "<</Type/Pages/Count " + std::to_string(node.pages) + "/Kids[" + kids + "]";
    return node;
}

std::string Writer::catalog(ObjectId pages) {
    for (const PdfAttachment& attachment : options_.attachments) attachments_.add(attachment);
    std::string value = "<</Type/Catalog/Pages " + reference(pages) + navigation_.write(file_, attachments_.names());
    value += page_labels(labels_);
    if (!options_.metadata.language.empty()) value += "/Lang" + text_string(options_.metadata.language);
    if (!options_.metadata.title.empty()) value += "/ViewerPreferences<</DisplayDocTitle true>>";
    if (const std::string xmp = xmp_packet(options_.metadata); !xmp.empty())
        value += "/Metadata " + reference(file_.add_stream("/Type/Metadata/Subtype/XML", xmp));
    return value + ">>";
}

Result<Bytes> Writer::finish() {
    const ObjectId pages = write_page_tree();
    resources_.write(fonts_.write(file_, images_, warnings_));
    const ObjectId root = file_.add(catalog(pages));
    const ObjectId info = file_.add(info_dictionary(options_.metadata));
    GALLEY_TRY_VOID(check_size());
    return file_.finish("/Root " + reference(root) + "/Info " + reference(info));
}

}  // namespace

std::unique_ptr<PdfWriter> PdfWriter::create(FontLibrary& library, const PdfOptions& options) {
    return std::make_unique<Writer>(library, options);
}

}  // namespace galley::document
