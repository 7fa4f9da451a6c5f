#include "document/svg/svg_image.h"

#include <algorithm>
#include <map>

#include "document/html/xml_parser.h"
#include "document/svg/drawing.h"
#include "document/svg/renderer.h"

namespace galley::document {

namespace {

constexpr std::size_t kDrawingsMax = 64;  // sizes kept of one image

std::string_view attribute_of(const Node& node, std::string_view name) {
    const std::string_view* value = node.attribute(name);
    return value != nullptr ? *value : std::string_view();
}

// A length that depends on nothing outside; 0 for percentages and what is no length.
double natural_length(const Node& root, std::string_view name) {
    const std::string_view text = attribute_of(root, name);
    if (text.find('%') != std::string_view::npos) return 0;
    return std::max(0.0, read_svg_length(text, SvgAxis::X, {}).value_or(0));
}

NaturalSize natural_of(const Node& root) {
    NaturalSize size{natural_length(root, "width"), natural_length(root, "height"), 0};
    const auto box = read_view_box(attribute_of(root, "viewBox"));
    if (size.width_px > 0 && size.height_px > 0)
        size.ratio = size.width_px / size.height_px;
    else if (box)
        size.ratio = box->width / box->height;
    return size;
}

class SvgImage final : public VectorImage {
 public:
    SvgImage(SvgScene scene, SvgResources& resources, const SvgLimits& limits)
        : scene_(std::move(scene)), resources_(resources), limits_(limits), natural_(natural_of(*scene_.root)) {}

    NaturalSize natural() const override { return natural_; }
    std::shared_ptr<const VectorDrawing> draw(double width_px, double height_px) const override {
        const auto found = drawings_.find({width_px, height_px});
        if (found != drawings_.end()) return found->second;
        if (resources_.image_depth >= limits_.image_depth_max) {
            resources_.warn("SVG images are nested deeper than " + std::to_string(limits_.image_depth_max));
            return std::make_shared<VectorDrawing>();
        }
        ++resources_.image_depth;
        auto drawing = draw_svg(scene_, width_px, height_px, resources_, limits_);
        --resources_.image_depth;
        if (drawings_.size() < kDrawingsMax) drawings_.emplace(std::pair(width_px, height_px), drawing);
        return drawing;
    }

    // What a file brings with it.
    void adopt(std::unique_ptr<Dom> dom, std::unique_ptr<StyledDocument> styled) {
        dom_ = std::move(dom);
        styled_ = std::move(styled);
        ids_ = collect_ids(*dom_);
        scene_.ids = &ids_;
    }

 private:
    std::unique_ptr<Dom> dom_;
    std::unique_ptr<StyledDocument> styled_;
    SvgIds ids_;
    SvgScene scene_;
    SvgResources& resources_;
    SvgLimits limits_;
    NaturalSize natural_;
    mutable std::map<std::pair<double, double>, std::shared_ptr<const VectorDrawing>> drawings_;
};

const Node* root_element(const Dom& dom) {
    for (const Node* node = dom.root().first_child; node != nullptr; node = node->next_sibling)
        if (node->is_element()) return node;
    return nullptr;
}

}  // namespace

SvgIds collect_ids(const Dom& dom) {
    SvgIds ids;
    for (std::uint32_t i = 0; i < dom.node_count(); ++i)
        if (const Node& node = dom.node(i); !node.id().empty()) ids.emplace(node.id(), &node);
    return ids;
}

std::shared_ptr<const VectorImage> make_inline_svg(const InlineSvg& source, SvgResources& resources,
                                                   const SvgLimits& limits) {
    SvgScene scene{source.element, source.styled, source.ids, source.base_url, true};
    return std::make_shared<SvgImage>(std::move(scene), resources, limits);
}

bool looks_like_svg(std::string_view bytes) {
    constexpr std::size_t kHeadBytes = 4096;
    const std::string_view head = bytes.substr(0, kHeadBytes);
    const std::size_t first = head.find_first_not_of(" \t\r\n\xEF\xBB\xBF");
    if (first == std::string_view::npos || head[first] != '<') return false;
    return head.find("<svg") != std::string_view::npos ||
           head.find("http://www.w3.org/2000/svg") != std::string_view::npos;
}

Result<std::shared_ptr<const VectorImage>> parse_svg(std::string_view bytes, std::string base_url,
                                                     SvgResources& resources, const SvgLimits& limits) {
    ParseLimits parse_limits;
    parse_limits.nodes_max = limits.nodes_max;
    parse_limits.depth_max = limits.depth_max;
    GALLEY_TRY(std::unique_ptr<Dom> dom, parse_xml(bytes, parse_limits));
    const Node* root = root_element(*dom);
    if (root == nullptr || root->tag() != "svg")
        return fail(ErrorCode::InvalidInput, "the root of the XML is not an svg element");
    StyleOptions options;
    options.base_url = base_url;
    GALLEY_TRY(std::unique_ptr<StyledDocument> styled, style_document(*dom, options));
    for (const std::string& warning : styled->warnings()) resources.warn("in an SVG image: " + warning);
    SvgScene scene{root, styled.get(), nullptr, std::move(base_url), false};
    auto image = std::make_shared<SvgImage>(std::move(scene), resources, limits);
    image->adopt(std::move(dom), std::move(styled));
    return image;
}

}  // namespace galley::document
