#include "api/docs_page.h"

#include <gtest/gtest.h>

namespace galley::api {
namespace {

std::size_t count(std::string_view text, std::string_view what) {
    std::size_t found = 0;
    for (std::size_t at = text.find(what); at != std::string_view::npos; at = text.find(what, at + 1)) ++found;
    return found;
}

TEST(DocsPage, ShowsEveryEndpoint) {
    const std::string html = docs_page(all_endpoints()).html;
    EXPECT_EQ(count(html, "<article class=\"operation\""), all_endpoints().size());
    for (const EndpointRow& row : all_endpoints()) {
        EXPECT_NE(html.find("id=\"" + std::string(row.name) + "\""), std::string::npos) << row.name;
        EXPECT_NE(html.find("<span>" + std::string(row.pattern) + "</span>"), std::string::npos) << row.pattern;
    }
}

TEST(DocsPage, EveryLinkIntoThePageLeadsSomewhere) {
    const std::string html = docs_page(all_endpoints()).html;
    std::size_t links = 0;
    for (std::size_t at = html.find("href=\"#"); at != std::string::npos; at = html.find("href=\"#", at + 1)) {
        const std::string target = html.substr(at + 7, html.find('"', at + 7) - at - 7);
        EXPECT_NE(html.find("id=\"" + target + "\""), std::string::npos) << target;
        ++links;
    }
    EXPECT_GT(links, all_endpoints().size());
}

TEST(DocsPage, HasNoScriptAndAsksNobodyElse) {
    const DocsPage page = docs_page(all_endpoints());
    for (const char* absent : {"<script", "src=", "@import", "url(", "https://", " style=", " onclick"}) {
        EXPECT_EQ(page.html.find(absent), std::string::npos) << absent;
    }
    EXPECT_TRUE(page.policy.starts_with("default-src 'none'; style-src 'sha256-"));
}

TEST(DocsPage, EscapesWhatItShows) {
    EndpointRow row;
    row.name = "odd";
    row.tag = "rooms";
    row.pattern = "/odd";
    row.summary = "<b>&\"odd\"";
    const std::string html = docs_page({row}).html;
    EXPECT_EQ(html.find("<b>"), std::string::npos);
    EXPECT_NE(html.find("&lt;b&gt;&amp;"), std::string::npos);
}

}  // namespace
}  // namespace galley::api
