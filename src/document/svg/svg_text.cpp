// Text. https://www.w3.org/TR/SVG2/text.html
#include <algorithm>
#include <cmath>
#include <numbers>

#include "document/svg/renderer.h"
#include "document/text/utf8.h"

namespace galley::document {

namespace {

constexpr std::size_t kTextBytesMax = 1'000'000;  // of one text element
constexpr int kCurveSteps = 24;

// What x=, y=, dx=, dy= and rotate= say about one character.
struct Place {
    std::optional<double> x, y, dx, dy, rotate;
    bool any() const { return x || y || dx || dy || rotate; }
    bool absolute() const { return x || y; }
};

// The lists of one element, counted in characters from its first.
struct PlaceLists {
    std::vector<double> x, y, dx, dy, rotate;
    std::size_t first = 0;
    bool any() const { return !x.empty() || !y.empty() || !dx.empty() || !dy.empty() || !rotate.empty(); }
};

// Points along a path with their distance from its start.
class PathRuler {
 public:
    explicit PathRuler(const PathData& path) {
        std::size_t at = 0;
        Point2 start, last;
        for (const PathVerb verb : path.verbs) {
            if (verb == PathVerb::Close) {
                add(start);
            } else if (verb == PathVerb::Cubic) {
                for (int i = 1; i <= kCurveSteps; ++i)
                    add(on_curve(last, &path.points[at], static_cast<double>(i) / kCurveSteps));
                at += 3;
            } else {
                const Point2 p = path.points[at++];
                if (verb == PathVerb::Move) start = p;
                if (verb == PathVerb::Move && !points_.empty())
                    points_.push_back({p, length()});
                else
                    add(p);
            }
            if (at > 0) last = verb == PathVerb::Close ? start : path.points[at - 1];
        }
    }

    double length() const { return points_.empty() ? 0 : points_.back().distance; }
    // The point at a distance and the direction there; nothing beyond the ends.
    std::optional<Matrix> at(double distance) const {
        if (points_.size() < 2 || distance < 0 || distance > length()) return std::nullopt;
        auto next = std::ranges::lower_bound(points_, distance, {}, &Mark::distance);
        if (next == points_.begin()) ++next;
        while (next + 1 != points_.end() && next->distance <= (next - 1)->distance) ++next;
        const Mark &a = *(next - 1), &b = *next;
        const double whole = b.distance - a.distance;
        if (!(whole > 0)) return std::nullopt;
        const double share = (distance - a.distance) / whole;
        const double c = (b.at.x - a.at.x) / whole, s = (b.at.y - a.at.y) / whole;
        return Matrix{c, s, -s, c, a.at.x + (b.at.x - a.at.x) * share, a.at.y + (b.at.y - a.at.y) * share};
    }

 private:
    struct Mark {
        Point2 at;
        double distance = 0;
    };
    static Point2 on_curve(Point2 p, const Point2* c, double t) {
        const double u = 1 - t;
        const double w0 = u * u * u, w1 = 3 * u * u * t, w2 = 3 * u * t * t, w3 = t * t * t;
        return {w0 * p.x + w1 * c[0].x + w2 * c[1].x + w3 * c[2].x, w0 * p.y + w1 * c[0].y + w2 * c[1].y + w3 * c[2].y};
    }
    void add(Point2 p) {
        const double step = points_.empty() ? 0 : std::hypot(p.x - points_.back().at.x, p.y - points_.back().at.y);
        points_.push_back({p, length() + step});
    }
    std::vector<Mark> points_;
};

double baseline_shift_of(SvgBaseline baseline, const FaceMetrics& metrics) {
    switch (baseline) {
        case SvgBaseline::Middle:
            return metrics.x_height > 0 ? metrics.x_height / 2.0 : metrics.ascent / 4.0;
        case SvgBaseline::Central:
            return (metrics.ascent - metrics.descent) / 2.0;
        case SvgBaseline::Hanging:
            return metrics.ascent * 0.8;
        case SvgBaseline::Mathematical:
            return metrics.ascent / 2.0;
        case SvgBaseline::TextTop:
            return metrics.ascent;
        case SvgBaseline::TextBottom:
            return -metrics.descent;
        default:
            return 0;
    }
}

}  // namespace

// Lays out one <text>: characters, then runs between positions, then chunks that are anchored, then operations.
class SvgTextLayout {
 public:
    explicit SvgTextLayout(SvgRenderer& renderer) : renderer_(renderer) {}

    void run(const Node& text, const SvgState& state) {
        collect(text, state);
        renderer_.segments_ += text_.size();
        trim();
        cut();
        for (std::size_t begin = 0; begin < segments_.size();) {
            std::size_t end = begin + 1;
            while (end < segments_.size() && !segments_[end].place.absolute() &&
                   segment_run(end).path == segment_run(begin).path)
                ++end;
            place_chunk(begin, end, begin == 0 && end == segments_.size() ? &text : nullptr);
            begin = end;
        }
        for (const Segment& segment : segments_) draw(segment);
    }

 private:
    struct Run {  // the characters of one text node
        std::size_t begin = 0, end = 0;
        SvgState state;
        const Node* element = nullptr;
        const Node* path = nullptr;  // the textPath around it
        double rise = 0;             // baseline-shift, user units upwards
        double opacity = 1;          // of the elements below <text>
    };
    struct Segment {  // shaped as one
        std::size_t begin = 0, end = 0;
        std::size_t run = 0;
        Place place;
        std::vector<Piece> pieces;  // in visual order
        double advance = 0;
        double x = 0, y = 0, rotate = 0;  // where it starts
        double extra = 0;                 // textLength: added after each character
        double stretch = 1;               // textLength: glyphs grow
    };
    struct Level {
        const Node* element = nullptr;
        const Node* next = nullptr;
        SvgState state;
        const Node* path = nullptr;
        double rise = 0, opacity = 1;
        bool has_lists = false;
    };

    const Run& segment_run(std::size_t i) const { return runs_[segments_[i].run]; }

    // ---- Characters

    void collect(const Node& text, const SvgState& state) {
        std::vector<Level> levels;
        push(levels, text, state, nullptr, 0, 1);
        while (!levels.empty()) {
            Level& level = levels.back();
            const Node* node = level.next;
            if (node == nullptr || text_.size() > kTextBytesMax) {
                if (level.has_lists) lists_.pop_back();
                levels.pop_back();
                continue;
            }
            level.next = node->next_sibling;
            if (node->is_text())
                add_characters(*node, level);
            else if (node->is_element())
                enter(levels, *node);
        }
    }

    void enter(std::vector<Level>& levels, const Node& node) {
        const bool known = node.foreign && (node.tag() == "tspan" || node.tag() == "textPath" || node.tag() == "a");
        if (!known || renderer_.style_of(node).display == Display::None || !renderer_.count_element()) return;
        const Level& outer = levels.back();
        SvgState state = renderer_.child_state(node, outer.state);
        state.matrix = outer.state.matrix;
        const double opacity = outer.opacity * renderer_.style_of(node).opacity;
        push(levels, node, state, node.tag() == "textPath" ? &node : outer.path, outer.rise + rise_of(node, state),
             opacity);
    }

    double rise_of(const Node& node, const SvgState& state) const {
        const SvgProperties* own = renderer_.style_of(node).svg.get();
        if (own == nullptr || !own->baseline_shift) return 0;
        const double size = state.text->font_size_px;
        switch (own->baseline_shift->kind) {
            case BaselineShift::Kind::Sub:
                return -size * 0.2;
            case BaselineShift::Kind::Super:
                return size * 0.4;
            case BaselineShift::Kind::Length:
                return used_length(own->baseline_shift->length, size);
            default:
                return 0;
        }
    }

    void push(std::vector<Level>& levels, const Node& node, const SvgState& state, const Node* path, double rise,
              double opacity) {
        const SvgLengths lengths = renderer_.lengths_of(state);
        PlaceLists lists;
        lists.first = count_;
        lists.x = read_svg_lengths(attribute_text(node, "x"), SvgAxis::X, lengths);
        lists.y = read_svg_lengths(attribute_text(node, "y"), SvgAxis::Y, lengths);
        lists.dx = read_svg_lengths(attribute_text(node, "dx"), SvgAxis::X, lengths);
        lists.dy = read_svg_lengths(attribute_text(node, "dy"), SvgAxis::Y, lengths);
        lists.rotate = read_svg_lengths(attribute_text(node, "rotate"), SvgAxis::X, lengths);
        const bool any = lists.any();
        if (any) lists_.push_back(std::move(lists));
        levels.push_back({&node, node.first_child, state, path, rise, opacity, any});
    }

    static bool preserves(const Node& node, const InheritedStyle& style) {
        if (style.white_space == WhiteSpace::Pre || style.white_space == WhiteSpace::PreWrap) return true;
        for (const Node* at = &node; at != nullptr && at->foreign; at = at->parent)
            if (const std::string_view* space = at->attribute("xml:space")) return *space == "preserve";
        return false;
    }

    void add_characters(const Node& node, const Level& level) {
        Run run{text_.size(), 0, level.state, level.element, level.path, level.rise, level.opacity};
        const bool preserve = preserves(*level.element, *level.state.text);
        for (std::size_t at = 0; at < node.text().size() && text_.size() <= kTextBytesMax;) {
            const std::size_t before = at;
            char32_t c = decode_utf8(node.text(), at);
            const bool space = c == ' ' || c == '\n' || c == '\t' || c == '\r';
            if (space && !preserve && after_space_) continue;
            after_space_ = space && !preserve;
            if (const Place place = next_place(); place.any()) places_[text_.size()] = place;
            if (space)
                text_ += ' ';
            else
                text_.append(node.text().substr(before, at - before));
            ++count_;
        }
        run.end = text_.size();
        if (run.end > run.begin) runs_.push_back(std::move(run));
    }

    // The innermost element that says something about the next character wins, for each of the five.
    Place next_place() const {
        Place place;
        const auto take = [&](std::optional<double>& value, const std::vector<double>& list, std::size_t index) {
            if (!value && index < list.size()) value = list[index];
        };
        for (auto list = lists_.rbegin(); list != lists_.rend(); ++list) {
            const std::size_t index = count_ - list->first;
            take(place.x, list->x, index);
            take(place.y, list->y, index);
            take(place.dx, list->dx, index);
            take(place.dy, list->dy, index);
            if (!list->rotate.empty()) take(place.rotate, list->rotate, std::min(index, list->rotate.size() - 1));
        }
        return place;
    }

    void trim() {
        if (text_.empty() || text_.back() != ' ' || !after_space_) return;
        text_.pop_back();
        if (--runs_.back().end == runs_.back().begin) runs_.pop_back();
    }

    // ---- Segments

    void cut() {
        auto place = places_.begin();
        for (std::size_t r = 0; r < runs_.size(); ++r)
            for (std::size_t at = runs_[r].begin; at < runs_[r].end;) {
                Segment segment;
                segment.begin = at;
                segment.run = r;
                while (place != places_.end() && place->first < at) ++place;
                if (place != places_.end() && place->first == at) segment.place = (place++)->second;
                segment.end = place != places_.end() ? std::min(place->first, runs_[r].end) : runs_[r].end;
                // On a path every character stands for itself.
                if (runs_[r].path != nullptr) {
                    std::size_t next = at;
                    decode_utf8(text_, next);
                    segment.end = std::min(next, segment.end);
                }
                at = segment.end;
                shape(segment);
                segments_.push_back(std::move(segment));
            }
    }

    void shape(Segment& segment) {
        const InheritedStyle& style = *runs_[segment.run].state.text;
        TextShaper& shaper = renderer_.resources_.shaper();
        std::string_view text = std::string_view(text_).substr(segment.begin, segment.end - segment.begin);
        shaper.shape(text, shaper.font(style), style, 0, false, segment.pieces);
        std::erase_if(segment.pieces,
                      [](const Piece& piece) { return piece.word == nullptr || piece.kind == PieceKind::SoftHyphen; });
        reorder(segment.pieces);
        for (const Piece& piece : segment.pieces) segment.advance += width_of(piece, style, 0);
    }

    // UAX #9 rule L2.
    static void reorder(std::vector<Piece>& pieces) {
        std::uint8_t highest = 0;
        for (const Piece& piece : pieces) highest = std::max(highest, piece.bidi_level);
        for (int level = highest; level > 0; --level)
            for (std::size_t i = 0; i < pieces.size(); ++i) {
                std::size_t end = i;
                while (end < pieces.size() && pieces[end].bidi_level >= level) ++end;
                std::reverse(pieces.begin() + static_cast<std::ptrdiff_t>(i),
                             pieces.begin() + static_cast<std::ptrdiff_t>(end));
                i = std::max(i, end);
            }
    }

    static double scale_of(const Piece& piece, const InheritedStyle& style) {
        return style.font_size_px / std::max(1, piece.word->face->metrics().units_per_em);
    }
    static double width_of(const Piece& piece, const InheritedStyle& style, double extra) {
        double width = static_cast<double>(piece.word->advance) * scale_of(piece, style) +
                       static_cast<double>(piece.word->glyphs.size()) * (style.letter_spacing_px + extra);
        if (piece.kind == PieceKind::Space) width += style.word_spacing.px();
        return width;
    }

    // ---- Places

    // https://www.w3.org/TR/SVG2/text.html#TextAnchoringProperties
    void place_chunk(std::size_t begin, std::size_t end, const Node* whole_text) {
        double width = 0;
        for (std::size_t i = begin; i < end; ++i)
            width += segments_[i].advance + (i > begin ? segments_[i].place.dx.value_or(0) : 0);
        if (whole_text != nullptr) width = fit_length(*whole_text, width);
        const SvgState& state = segment_run(begin).state;
        TextAnchor anchor = *state.paint->text_anchor;
        const bool rtl = state.text->direction == Direction::Rtl;
        if (rtl && anchor != TextAnchor::Middle)
            anchor = anchor == TextAnchor::Start ? TextAnchor::End : TextAnchor::Start;
        const double shift = anchor == TextAnchor::Middle ? width / 2 : anchor == TextAnchor::End ? width : 0;
        double x = segments_[begin].place.x.value_or(pen_x_) - shift, y = segments_[begin].place.y.value_or(pen_y_);
        if (segment_run(begin).path != nullptr) x = path_start(begin) - shift;
        for (std::size_t i = begin; i < end; ++i) {
            Segment& segment = segments_[i];
            x += segment.place.dx.value_or(0);
            y += segment.place.dy.value_or(0);
            segment.x = x;
            segment.y = y;
            segment.rotate = segment.place.rotate.value_or(0);
            x += segment.advance;
        }
        pen_x_ = x;
        pen_y_ = y;
    }

    // textLength: spacing between characters, or glyphs that grow. The new width.
    double fit_length(const Node& text, double width) {
        const SvgState& state = runs_.front().state;
        const double wanted = renderer_.length(text, "textLength", SvgAxis::X, state, -1);
        if (wanted <= 0 || width <= 0) return width;
        const bool grows = attribute_text(text, "lengthAdjust") == "spacingAndGlyphs";
        std::size_t glyphs = 0;
        for (const Segment& segment : segments_)
            for (const Piece& piece : segment.pieces) glyphs += piece.word->glyphs.size();
        for (Segment& segment : segments_) {
            if (grows) {
                segment.stretch = wanted / width;
                segment.advance *= segment.stretch;
                continue;
            }
            if (glyphs < 2) return width;
            segment.extra = (wanted - width) / static_cast<double>(glyphs - 1);
            for (const Piece& piece : segment.pieces)
                segment.advance += static_cast<double>(piece.word->glyphs.size()) * segment.extra;
        }
        return wanted;
    }

    // ---- Paths

    const PathRuler& ruler_of(const Node& text_path, const SvgState& state) {
        const auto found = rulers_.find(&text_path);
        if (found != rulers_.end()) return found->second;
        PathData path;
        if (const Node* target = renderer_.href_target(text_path)) {
            path = renderer_.outline_of(*target, state);
            path.transform(renderer_.transform_of(*target, state));
        }
        return rulers_.emplace(&text_path, PathRuler(path)).first->second;
    }

    double path_start(std::size_t segment) {
        const Run& run = segment_run(segment);
        SvgLengths lengths = renderer_.lengths_of(run.state);
        const double whole = ruler_of(*run.path, run.state).length();
        lengths.viewport = {whole, whole};
        return read_svg_length(attribute_text(*run.path, "startOffset"), SvgAxis::X, lengths).value_or(0) +
               segments_[segment].place.x.value_or(0);
    }

    // ---- Operations

    Bounds all_bounds() const {
        Bounds bounds;
        for (const Segment& segment : segments_) {
            const double size =
                segment_run(static_cast<std::size_t>(&segment - segments_.data())).state.text->font_size_px;
            bounds.add({segment.x, segment.y - size * 0.8, segment.x + segment.advance, segment.y + size * 0.2, false});
        }
        return bounds;
    }

    void draw(const Segment& segment) {
        const Run& run = runs_[segment.run];
        const SvgState& state = run.state;
        if (segment.pieces.empty() || state.text->visibility != Visibility::Visible) return;
        const SvgProperties& paint = *state.paint;
        const bool server = paint.fill->kind == SvgPaint::Kind::Url || paint.stroke->kind == SvgPaint::Kind::Url;
        const Bounds bounds = server ? all_bounds() : Bounds{};
        VectorText text;
        text.fill = renderer_.paint_of(*paint.fill, *paint.fill_opacity * run.opacity, state, bounds);
        text.stroke = renderer_.stroke_of(state, bounds);
        text.size = state.text->font_size_px;
        text.letter_spacing = state.text->letter_spacing_px + segment.extra;
        const FaceMetrics& metrics = segment.pieces.front().word->face->metrics();
        const SvgBaseline baseline = paint.alignment_baseline ? *paint.alignment_baseline : *paint.dominant_baseline;
        const double down =
            baseline_shift_of(baseline, metrics) * text.size / std::max(1, metrics.units_per_em) - run.rise;
        Matrix place = Matrix::translation(segment.x, segment.y);
        if (run.path != nullptr) {
            const auto on_path = ruler_of(*run.path, state).at(segment.x + segment.advance / 2);
            if (!on_path) return;
            place = *on_path * Matrix::translation(-segment.advance / 2, segment.place.dy.value_or(0));
        }
        place = state.matrix * place;
        if (segment.rotate != 0) place = place * Matrix::rotation(segment.rotate);
        place = place * Matrix::translation(0, down) * Matrix::scaling(segment.stretch, 1);
        draw_decorations(segment, place, false);
        draw_pieces(segment, std::move(text), place);
        draw_decorations(segment, place, true);
    }

    void draw_pieces(const Segment& segment, VectorText text, const Matrix& place) {
        const InheritedStyle& style = *runs_[segment.run].state.text;
        double x = 0;
        const VectorText blank = text;
        const auto flush = [&] {
            if (!text.glyphs.empty() && (text.fill.visible() || text.stroke.paint.visible()))
                renderer_.out_->ops.emplace_back(std::move(text));
            text = blank;
        };
        for (const Piece& piece : segment.pieces) {
            const bool rtl = piece.bidi_level % 2 != 0;
            const bool spaced = piece.kind == PieceKind::Space && style.word_spacing != LayoutUnit();
            if (text.face != piece.word->face || rtl || text.right_to_left) {
                flush();
                text.face = piece.word->face;
                text.right_to_left = rtl;
                text.matrix = place * Matrix::translation(x, 0);
            }
            const auto base = static_cast<std::uint32_t>(text.text.size());
            text.text += piece.word->text;
            for (Glyph glyph : piece.word->glyphs) {
                glyph.cluster += base;
                text.glyphs.push_back(glyph);
            }
            x += width_of(piece, style, segment.extra);
            if (spaced) {
                flush();
                text.face = nullptr;
            }
        }
        flush();
    }

    void draw_decorations(const Segment& segment, const Matrix& place, bool over) {
        const SvgState& state = runs_[segment.run].state;
        if (state.text->decorations.empty()) return;
        const FaceMetrics& metrics = segment.pieces.front().word->face->metrics();
        const double scale = state.text->font_size_px / std::max(1, metrics.units_per_em);
        const double thickness = std::max(0.5, metrics.underline_thickness * scale);
        for (const TextDecoration& decoration : state.text->decorations) {
            const auto rule = [&](double y) {
                VectorShape shape;
                shape.path = rectangle(0, y - thickness / 2, segment.advance / segment.stretch, thickness, 0, 0);
                shape.matrix = place;
                shape.fill = renderer_.paint_of(*state.paint->fill, *state.paint->fill_opacity, state, {});
                renderer_.add_shape(std::move(shape));
            };
            if (!over && decoration.underline) rule(metrics.underline_position * scale);
            if (!over && decoration.overline) rule(-metrics.ascent * scale);
            if (over && decoration.line_through) rule(-metrics.strikeout_position * scale);
        }
    }

    SvgRenderer& renderer_;
    std::string text_;
    std::size_t count_ = 0;  // characters so far
    bool after_space_ = true;
    std::vector<PlaceLists> lists_;
    std::map<std::size_t, Place> places_;  // by byte in text_
    std::vector<Run> runs_;
    std::vector<Segment> segments_;
    std::map<const Node*, PathRuler> rulers_;
    double pen_x_ = 0, pen_y_ = 0;
};

void SvgRenderer::draw_text(const Node& node, const SvgState& state) {
    const double opacity = style_of(node).opacity;
    if (opacity < 1) out_->ops.emplace_back(VectorGroupBegin{opacity, nullptr, false});
    SvgTextLayout(*this).run(node, state);
    if (opacity < 1) out_->ops.emplace_back(VectorGroupEnd{});
}

}  // namespace galley::document
