// src/document/svg/svg_image.h — an SVG image: inline in the document, or a file of its own.
//
// Shape    make_inline_svg(element, …) and parse_svg(bytes, …) → VectorImage; drawn when asked for, once per size.
// Errors   parse_svg: InvalidInput (no XML, or its root is no svg), LimitExceeded (SvgLimits, rules, styles).
// Owner    borrows resources and, when inline, the styled document, for the image's life.
// Threads  one render, one thread.
// Limits   SvgLimits; what lies beyond is left out with a warning.
// Source   SVG 2 §7–8, CSS Images 3 §4.1.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/error.h"
#include "document/geometry/image_info.h"
#include "document/geometry/vector_image.h"
#include "document/style/style_engine.h"
#include "document/text/shaper.h"

namespace galley::document {

struct SvgLimits {
    std::size_t nodes_max = 500'000;                // of one file
    std::size_t depth_max = 256;                    // of one file; deeper elements are left out
    std::size_t elements_max = 250'000;             // visited for one drawing, each use counted
    std::size_t segments_max = 2'000'000;           // of all paths of one drawing, and bytes of its texts
    std::size_t document_elements_max = 1'000'000;  // the same of all drawings of a document
    std::size_t document_segments_max = 4'000'000;
    int use_depth_max = 16;
    int reference_depth_max = 8;  // patterns in patterns, masks in masks, markers …
    int image_depth_max = 4;      // images in images
};

// What drawings need from outside.
class SvgResources {
 public:
    virtual ~SvgResources() = default;
    int image_depth = 0;                                 // images within images that are being drawn
    std::size_t elements_drawn = 0, segments_drawn = 0;  // of all drawings so far
    virtual TextShaper& shaper() = 0;
    virtual std::shared_ptr<const ImageData> image(std::string_view absolute_url) = 0;
    virtual void warn(std::string text) = 0;
};

using SvgIds = std::unordered_map<std::string_view, const Node*>;
SvgIds collect_ids(const Dom& dom);  // the first element of each id

struct InlineSvg {
    const Node* element = nullptr;
    const StyledDocument* styled = nullptr;
    const SvgIds* ids = nullptr;
    std::string base_url;
};
std::shared_ptr<const VectorImage> make_inline_svg(const InlineSvg& source, SvgResources& resources,
                                                   const SvgLimits& limits = {});

bool looks_like_svg(std::string_view bytes);
Result<std::shared_ptr<const VectorImage>> parse_svg(std::string_view bytes, std::string base_url,
                                                     SvgResources& resources, const SvgLimits& limits = {});

}  // namespace galley::document
