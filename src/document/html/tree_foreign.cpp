// svg and math subtrees.
// https://html.spec.whatwg.org/multipage/parsing.html#parsing-main-inforeign
#include <algorithm>
#include <string>

#include "document/html/tree_builder.h"

namespace galley::document {

namespace {

// HTML start tags that end an svg or math subtree.
constexpr TagSet kBreakout{Tag::k_b,       Tag::k_big,   Tag::k_blockquote, Tag::k_body,  Tag::k_br,   Tag::k_center,
                           Tag::k_code,    Tag::k_dd,    Tag::k_div,        Tag::k_dl,    Tag::k_dt,   Tag::k_em,
                           Tag::k_embed,   Tag::k_h1,    Tag::k_h2,         Tag::k_h3,    Tag::k_h4,   Tag::k_h5,
                           Tag::k_h6,      Tag::k_head,  Tag::k_hr,         Tag::k_i,     Tag::k_img,  Tag::k_li,
                           Tag::k_listing, Tag::k_menu,  Tag::k_meta,       Tag::k_nobr,  Tag::k_ol,   Tag::k_p,
                           Tag::k_pre,     Tag::k_ruby,  Tag::k_s,          Tag::k_small, Tag::k_span, Tag::k_strong,
                           Tag::k_strike,  Tag::k_table, Tag::k_tt,         Tag::k_u,     Tag::k_ul,   Tag::k_var};

// SVG has a font element too: with these attributes it is HTML's.
template <typename Token>
bool is_html_font(const Token& token) {
    return token.tag == Tag::k_font && std::ranges::any_of(token.attributes, [](const auto& attribute) {
               return attribute.name == "color" || attribute.name == "face" || attribute.name == "size";
           });
}

// SVG names with capitals; the tokenizer has lowered them.
constexpr std::string_view kSvgTags[] = {"altGlyph",
                                         "altGlyphDef",
                                         "altGlyphItem",
                                         "animateColor",
                                         "animateMotion",
                                         "animateTransform",
                                         "clipPath",
                                         "feBlend",
                                         "feColorMatrix",
                                         "feComponentTransfer",
                                         "feComposite",
                                         "feConvolveMatrix",
                                         "feDiffuseLighting",
                                         "feDisplacementMap",
                                         "feDistantLight",
                                         "feDropShadow",
                                         "feFlood",
                                         "feFuncA",
                                         "feFuncB",
                                         "feFuncG",
                                         "feFuncR",
                                         "feGaussianBlur",
                                         "feImage",
                                         "feMerge",
                                         "feMergeNode",
                                         "feMorphology",
                                         "feOffset",
                                         "fePointLight",
                                         "feSpecularLighting",
                                         "feSpotLight",
                                         "feTile",
                                         "feTurbulence",
                                         "foreignObject",
                                         "glyphRef",
                                         "linearGradient",
                                         "radialGradient",
                                         "textPath"};
constexpr std::string_view kSvgAttributes[] = {"attributeName",
                                               "attributeType",
                                               "baseFrequency",
                                               "baseProfile",
                                               "calcMode",
                                               "clipPathUnits",
                                               "diffuseConstant",
                                               "edgeMode",
                                               "filterUnits",
                                               "glyphRef",
                                               "gradientTransform",
                                               "gradientUnits",
                                               "kernelMatrix",
                                               "kernelUnitLength",
                                               "keyPoints",
                                               "keySplines",
                                               "keyTimes",
                                               "lengthAdjust",
                                               "limitingConeAngle",
                                               "markerHeight",
                                               "markerUnits",
                                               "markerWidth",
                                               "maskContentUnits",
                                               "maskUnits",
                                               "numOctaves",
                                               "pathLength",
                                               "patternContentUnits",
                                               "patternTransform",
                                               "patternUnits",
                                               "pointsAtX",
                                               "pointsAtY",
                                               "pointsAtZ",
                                               "preserveAlpha",
                                               "preserveAspectRatio",
                                               "primitiveUnits",
                                               "refX",
                                               "refY",
                                               "repeatCount",
                                               "repeatDur",
                                               "requiredExtensions",
                                               "requiredFeatures",
                                               "specularConstant",
                                               "specularExponent",
                                               "spreadMethod",
                                               "startOffset",
                                               "stdDeviation",
                                               "stitchTiles",
                                               "surfaceScale",
                                               "systemLanguage",
                                               "tableValues",
                                               "targetX",
                                               "targetY",
                                               "textLength",
                                               "viewBox",
                                               "viewTarget",
                                               "xChannelSelector",
                                               "yChannelSelector",
                                               "zoomAndPan"};

bool equals_lowered(std::string_view mixed, std::string_view lower) {
    return std::ranges::equal(mixed, lower, [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a + 32 : a) == b; });
}

template <std::size_t N>
std::string_view restore_case(std::string_view lower, const std::string_view (&names)[N]) {
    for (const std::string_view name : names)
        if (equals_lowered(name, lower)) return name;
    return lower;
}

// HTML goes on inside these.
bool is_integration_point(const Node& node) {
    return node.tag() == "foreignObject" || node.tag() == "desc" || node.tag() == "title" ||
           node.tag() == "annotation-xml" || node.tag() == "mi" || node.tag() == "mo" || node.tag() == "mn" ||
           node.tag() == "ms" || node.tag() == "mtext";
}

}  // namespace

bool TreeBuilder::wants_foreign(const HtmlToken& token) const {
    const Node& node = *stack_.back().node;
    if (!node.foreign || token.kind == TokenKind::End || mode_ == Mode::Text) return false;
    const bool into = token.kind == TokenKind::StartTag || token.kind == TokenKind::Characters;
    return !(into && is_integration_point(node));
}

void TreeBuilder::insert_foreign(HtmlToken& token) {
    for (Attribute& attribute : token.attributes)
        attribute.name = dom_.intern(restore_case(attribute.name, kSvgAttributes));
    const std::string_view name = restore_case(token.name, kSvgTags);
    Node& node = dom_.make_foreign(name, token.attributes);
    dom_.insert(insert_point(), node);
    if (!token.self_closing) push(node, Tag::Other);
}

TreeBuilder::Next TreeBuilder::in_foreign(HtmlToken& token) {
    switch (token.kind) {
        case TokenKind::Characters:
            insert_characters(token.text);
            return Next::Token;
        case TokenKind::Comment:
            insert_comment(token);
            return Next::Token;
        case TokenKind::EndTag:
            return end_foreign(token) ? Next::Token : dispatch_by_mode(token);
        case TokenKind::StartTag:
            break;
        default:
            return Next::Token;
    }
    if (kBreakout.has(token.tag) || is_html_font(token)) {
        while (current().node->foreign && !is_integration_point(*current().node)) pop();
        return Next::Reprocess;
    }
    // A style in an svg is text here as in HTML: its content must not be read as markup.
    insert_foreign(token);
    if (!token.self_closing && (token.tag == Tag::k_style || token.tag == Tag::k_script)) {
        tokenizer_.enter_raw_text(RawText::Raw, token.name);
        original_mode_ = mode_;
        mode_ = Mode::Text;
    }
    return Next::Token;
}

// Pops to the foreign element of that name. False: an HTML element comes first.
bool TreeBuilder::end_foreign(const HtmlToken& token) {
    for (std::size_t i = stack_.size(); i-- > 1;) {
        if (!stack_[i].node->foreign) return false;
        if (!equals_lowered(stack_[i].node->tag(), token.name)) continue;
        pop_until_index(i);
        return true;
    }
    return true;
}

}  // namespace galley::document
