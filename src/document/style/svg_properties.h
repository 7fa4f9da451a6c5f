// src/document/style/svg_properties.h — the properties of drawings, as one element declares them.
//
// Shape    an absent value was not declared: inherited properties then come from the parent in the drawing, which is
//          not always the parent in the document (<use>). `initial` sets the value, `inherit` and `unset` leave it
//          absent.
// Units    px and percentages of the viewport; angles none.
// Source   SVG 2 §13 (painting), §14.2 (paint servers), §11 (text); CSS Masking 1 §6 as far as url(#id) goes.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "document/css/values.h"
#include "document/geometry/units.h"

namespace galley::document {

struct SvgPaint {
    enum class Kind : std::uint8_t { None, Color, CurrentColor, Url, ContextFill, ContextStroke };
    Kind kind = Kind::Color;
    galley::document::Color color = galley::document::Color::black();
    std::string url = {};             // Url: as written
    Kind fallback_kind = Kind::None;  // Url whose target is not there
    galley::document::Color fallback = galley::document::Color::none();
};

enum class FillRule : std::uint8_t { NonZero, EvenOdd };
enum class LineCap : std::uint8_t { Butt, Round, Square };
enum class LineJoin : std::uint8_t { Miter, Round, Bevel };
enum class TextAnchor : std::uint8_t { Start, Middle, End };
enum class PaintOrder : std::uint8_t { FillFirst, StrokeFirst };
enum class VectorEffect : std::uint8_t { None, NonScalingStroke };
enum class SvgBaseline : std::uint8_t { Alphabetic, Middle, Central, Hanging, Mathematical, TextTop, TextBottom };

struct BaselineShift {
    enum class Kind : std::uint8_t { Baseline, Sub, Super, Length } kind = Kind::Baseline;
    LengthValue length;
};

struct SvgProperties {
    std::optional<SvgPaint> fill, stroke, stop_color;
    std::optional<double> fill_opacity, stroke_opacity, stop_opacity, miter_limit;
    std::optional<FillRule> fill_rule, clip_rule;
    std::optional<LengthValue> stroke_width, dash_offset;
    std::optional<std::vector<LengthValue>> dashes;
    std::optional<LineCap> line_cap;
    std::optional<LineJoin> line_join;
    std::optional<PaintOrder> paint_order;
    std::optional<VectorEffect> vector_effect;
    std::optional<std::string> marker_start, marker_mid, marker_end, clip_path, mask;  // url(…) as written, "" = none
    std::optional<TextAnchor> text_anchor;
    std::optional<SvgBaseline> dominant_baseline, alignment_baseline;
    std::optional<BaselineShift> baseline_shift;
};

}  // namespace galley::document
