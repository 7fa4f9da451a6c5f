// Properties of the page context.
// https://drafts.csswg.org/css-page-3/#page-size-prop
#include "document/style/property_apply.h"

namespace galley::document {

namespace {

struct PaperSize {
    double width_mm, height_mm;
};
constexpr Keyword<PaperSize> kPapers[] = {
    {"a4", {210, 297}},         {"letter", {215.9, 279.4}},  {"legal", {215.9, 355.6}}, {"a3", {297, 420}},
    {"a5", {148, 210}},         {"a6", {105, 148}},          {"b4", {250, 353}},        {"b5", {176, 250}},
    {"ledger", {279.4, 431.8}}, {"tabloid", {279.4, 431.8}}, {"jis-b4", {257, 364}},    {"jis-b5", {182, 257}},
    {"a0", {841, 1189}},        {"a1", {594, 841}},          {"a2", {420, 594}},        {"a7", {74, 105}}};

LayoutUnit from_mm(double mm) {
    return LayoutUnit::from_px(mm * 96 / 25.4);
}

// auto | <length>{1,2} | [ <paper> || portrait | landscape ]
bool apply_size(CssCursor& cursor, StyleTarget& target) {
    if (cursor.take_ident("auto")) {
        target.page_size.reset();
        return true;
    }
    if (const auto width = read_plain_length(cursor, target, Negative::Refused)) {
        const auto height = cursor.done() ? width : read_plain_length(cursor, target, Negative::Refused);
        if (!height || *width <= LayoutUnit() || *height <= LayoutUnit()) return false;
        target.page_size = Size{*width, *height};
        return true;
    }
    PaperSize paper{210, 297};
    bool landscape = false, portrait = false, any = false;
    for (int i = 0; i < 2 && !cursor.done(); ++i) {
        if (cursor.take_ident("landscape")) {
            landscape = true;
        } else if (cursor.take_ident("portrait")) {
            portrait = true;
        } else if (!take_keyword(cursor, kPapers, paper)) {
            return false;
        }
        any = true;
    }
    if (landscape && portrait) return false;
    target.page_size = Size{from_mm(paper.width_mm), from_mm(paper.height_mm)};
    if (landscape) std::swap(target.page_size->width, target.page_size->height);
    return any;
}

constexpr PropertyRow kRows[] = {
    {PropertyId::Size, apply_size, [](StyleTarget& t, const ComputedStyle&, ResetTo) { t.page_size.reset(); }},
};

}  // namespace

std::span<const PropertyRow> page_rows() {
    return kRows;
}

}  // namespace galley::document
