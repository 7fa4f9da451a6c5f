// src/document/svg/renderer.h — walks an SVG tree and writes down what it draws.
//
// Shape    draw_svg(scene, width, height, …) → VectorDrawing. The class is split over renderer.cpp (the walk),
//          shapes.cpp, paint_servers.cpp, clips.cpp, markers.cpp and svg_text.cpp.
// Units    user units until an operation is written, then px of the area.
// Errors   none: what cannot be drawn is left out and named in a warning.
// Threads  one render, one thread.
// Limits   SvgLimits. The walk keeps its own stack; only references (patterns, masks, markers) recurse, at most
//          reference_depth_max deep.
// Source   SVG 2 §3 (rendering), §5 (structure), §7–8, §13–14. `use` instances inherit from where they stand: what an
//          element does not declare itself comes from the drawing's parent, not from the document's.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "document/svg/drawing.h"
#include "document/svg/elements.h"
#include "document/svg/svg_image.h"
#include "document/svg/values.h"

namespace galley::document {

struct SvgScene {
    const Node* root = nullptr;
    const StyledDocument* styled = nullptr;
    const SvgIds* ids = nullptr;
    std::string base_url;
    bool is_inline = false;  // the root's own opacity, transform and background are the box's
};

std::shared_ptr<const VectorDrawing> draw_svg(const SvgScene& scene, double width_px, double height_px,
                                              SvgResources& resources, const SvgLimits& limits);

// Of what the operations from `first` on draw, without strokes.
Bounds bounds_of_ops(const VectorDrawing& drawing, std::size_t first);

// What an element hands down.
struct SvgState {
    Matrix matrix;  // user units to px of the area
    SvgViewport viewport;
    std::shared_ptr<const SvgProperties> paint;  // inherited ones are all there
    const InheritedStyle* text = nullptr;
    bool instance = false;  // below a use
    int use_depth = 0;
    // What context-fill and context-stroke mean, inside markers.
    std::shared_ptr<const std::pair<SvgPaint, SvgPaint>> context;
};

class SvgRenderer {
 public:
    SvgRenderer(const SvgScene& scene, SvgResources& resources, const SvgLimits& limits)
        : scene_(scene), resources_(resources), limits_(limits) {}
    std::shared_ptr<const VectorDrawing> run(double width_px, double height_px);

 private:
    struct MarkerDrawing;
    // Operations to be closed after an element, in the reverse order of their opening.
    struct Opened {
        int clips = 0;        // around the group
        bool group = false;   // opacity, mask
        int inner_clips = 0;  // of a viewport
        std::size_t first_op = 0;
        const Node* link = nullptr;
    };
    struct Frame {
        const Node* next = nullptr;
        SvgState state;
        Opened opened;
        bool single = false;  // `next` alone, not its siblings
    };

    // renderer.cpp
    void draw_children(const Node& parent, const SvgState& state);
    void enter(const Node& node, const SvgState& parent);
    void enter_viewport(const Node& node, SvgState state, Opened opened, SvgViewport size);
    void enter_use(const Node& node, SvgState state, Opened opened);
    void draw_image(const Node& node, const SvgState& state);
    const Node* switch_child(const Node& node) const;
    bool count_element();
    bool is_link(const Node& node) const;
    SvgState child_state(const Node& node, const SvgState& parent);
    SvgState root_state(const Node& root);
    const InheritedStyle* text_of(const Node& node, const SvgState& parent);
    Matrix transform_of(const Node& node, const SvgState& parent) const;
    Opened open_effects(const Node& node, const SvgState& state, bool leaf);
    void close(const Opened& opened);
    void warn_once(const std::string& text);
    const Node* target_of(std::string_view url);
    const Node* href_target(const Node& node);
    std::string_view href_of(const Node& node) const;
    std::shared_ptr<VectorDrawing> draw_apart(const Node& parent, const SvgState& state, double width, double height);
    double length(const Node& node, std::string_view name, SvgAxis axis, const SvgState& state,
                  double fallback = 0) const;
    SvgLengths lengths_of(const SvgState& state) const { return {state.viewport, state.text->font_size_px}; }
    const ComputedStyle& style_of(const Node& node) const { return *scene_.styled->style(node); }
    bool overflows(const Node& node) const { return style_of(node).overflow == Overflow::Visible; }

    // shapes.cpp
    PathData outline_of(const Node& node, const SvgState& state);
    void draw_shape(const Node& node, const SvgState& state);
    VectorStroke stroke_of(const SvgState& state, const Bounds& bounds);
    Bounds bounds_of(const Node& node, const SvgState& state);  // in user units of `state`
    void add_shape(VectorShape shape);

    // paint_servers.cpp
    VectorPaint paint_of(const SvgPaint& paint, double opacity, const SvgState& state, const Bounds& bounds);
    VectorPaint plain_paint(SvgPaint::Kind kind, Color color, double opacity, const SvgState& state) const;
    std::vector<const Node*> reference_chain(const Node& first);
    std::optional<VectorPaint> server_paint(const Node& server, double opacity, const SvgState& state,
                                            const Bounds& bounds);
    std::optional<VectorPaint> gradient_paint(const Node& server, double opacity, const SvgState& state,
                                              const Bounds& bounds);
    std::optional<VectorPaint> pattern_paint(const Node& server, double opacity, const SvgState& state,
                                             const Bounds& bounds);
    std::vector<VectorGradient::Stop> stops_of(const std::vector<const Node*>& chain);

    // clips.cpp
    int open_clip(const Node& node, const SvgState& state, std::string_view url);
    PathData clip_outline(const Node& clip, const SvgState& state, FillRule& rule);
    std::shared_ptr<const VectorDrawing> mask_of(const Node& node, const SvgState& state, std::string_view url,
                                                 bool& by_alpha);

    // markers.cpp
    void draw_markers(const Node& node, const SvgState& state, const PathData& path);
    void draw_marker(const Node& marker, const SvgState& state, Point2 at, double angle);
    MarkerDrawing make_marker(const Node& marker, const SvgState& state, SvgViewport size, double scale);
    bool asks_for_context(const Node& marker) const;

    // svg_text.cpp
    void draw_text(const Node& node, const SvgState& state);
    friend class SvgTextLayout;

    const SvgScene& scene_;
    SvgResources& resources_;
    const SvgLimits& limits_;
    std::shared_ptr<VectorDrawing> out_;
    std::vector<Frame> stack_;
    std::size_t elements_ = 0, segments_ = 0;
    int reference_depth_ = 0;
    bool stopped_ = false;
    std::set<std::string> warned_;
    std::deque<InheritedStyle> texts_;  // of use instances
    std::map<std::pair<const InheritedStyle*, const InheritedStyle*>, const InheritedStyle*> merged_texts_;
    struct MarkerDrawing {
        std::shared_ptr<const VectorDrawing> drawing;
        Matrix matrix;  // from the drawing's px to the marker's place, before it is turned and moved
        std::shared_ptr<const SvgProperties> asked;  // the path's paints, where the marker asks for them
    };
    std::map<std::tuple<const Node*, double, const SvgProperties*>, MarkerDrawing> markers_;
};

// The attribute's text, "" when absent.
inline std::string_view attribute_text(const Node& node, std::string_view name) {
    const std::string_view* value = node.attribute(name);
    return value != nullptr ? *value : std::string_view();
}

}  // namespace galley::document
