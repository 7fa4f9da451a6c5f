#include "document/pdf/page_labels.h"

namespace galley::document {

namespace {

char pdf_style(PageLabel::Style style) {
    switch (style) {
        case PageLabel::Style::LowerRoman:
            return 'r';
        case PageLabel::Style::UpperRoman:
            return 'R';
        case PageLabel::Style::LowerAlpha:
            return 'a';
        case PageLabel::Style::UpperAlpha:
            return 'A';
        default:
            return 'D';
    }
}

}  // namespace

std::string page_labels(std::span<const PageLabel> labels) {
    std::string ranges;
    bool plain = true;
    for (std::size_t i = 0; i < labels.size(); ++i) {
        const PageLabel& label = labels[i];
        if (!label.number) return {};
        plain = plain && label.style == PageLabel::Style::Decimal && label.number == static_cast<int>(i) + 1;
        if (i > 0 && label.style == labels[i - 1].style && *label.number == std::int64_t{*labels[i - 1].number} + 1)
            continue;
        ranges += std::to_string(i) + "<<";
        // A range cannot start below 1: such pages go without a number.
        if (*label.number >= 1)
            ranges += std::string("/S/") + pdf_style(label.style) + "/St " + std::to_string(*label.number);
        ranges += ">>";
    }
    return plain ? std::string() : "/PageLabels<</Nums[" + ranges + "]>>";
}

}  // namespace galley::document
