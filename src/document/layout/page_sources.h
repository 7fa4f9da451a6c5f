// src/document/layout/page_sources.h — where generated content of a page (margin boxes, fixed boxes) has its values.
//
// Shape    counters of the page; named strings where `strings` is given.
// Owner    borrows counters, styles and strings.
#pragma once

#include "document/box/generated_content.h"
#include "document/layout/margin_boxes.h"

namespace galley::document {

class PageSources final : public ContentSources {
 public:
    PageSources(const PageCounters& counters, int page_count, const CounterStyles& styles,
                const PageStrings* strings = nullptr)
        : counters_(counters), styles_(styles), strings_(strings), page_count_(page_count) {}
    std::vector<int> counter_values(std::string_view name) override;
    std::string named_string(std::string_view name, std::string_view keyword) override;
    std::string target_counter(std::string_view, std::string_view, std::string_view) override { return ""; }
    std::string target_text(std::string_view) override { return ""; }
    std::string element_text(std::string_view) override { return ""; }
    int& quote_depth() override { return quote_depth_; }
    const CounterStyles& counter_styles() const override { return styles_; }

 private:
    const PageCounters& counters_;
    const CounterStyles& styles_;
    const PageStrings* strings_;
    int page_count_;
    int quote_depth_ = 0;
};

}  // namespace galley::document
