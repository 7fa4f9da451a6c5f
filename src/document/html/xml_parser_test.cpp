#include "document/html/xml_parser.h"

#include <gtest/gtest.h>

#include <string>

namespace galley::document {
namespace {

std::string tree_of(std::string_view xml, const ParseLimits& limits = {}) {
    const auto dom = parse_xml(xml, limits);
    return dom ? dump(**dom) : "error: " + dom.error().message;
}

// The one text of the document.
std::string text_of(std::string_view xml) {
    const auto dom = parse_xml(xml, {});
    if (!dom) return "error";
    std::string out;
    for (std::uint32_t i = 0; i < (*dom)->node_count(); ++i)
        if ((*dom)->node(i).is_text()) out += (*dom)->node(i).text();
    return out;
}

TEST(Xml, NamesKeepTheirCase) {
    EXPECT_EQ(
        tree_of("<svg><linearGradient gradientUnits='x'/></svg>"),
        tree_of("<?xml version=\"1.0\"?><!-- c --><svg><linearGradient gradientUnits=\"x\"></linearGradient></svg>"));
    EXPECT_NE(tree_of("<svg><linearGradient/></svg>").find("linearGradient"), std::string::npos);
}

TEST(Xml, ThePrefixOfSvgIsTakenOff) {
    const auto dom = parse_xml("<s:svg xmlns:s='http://www.w3.org/2000/svg' xmlns:o='urn:o'><s:g/><o:g/></s:svg>", {});
    ASSERT_TRUE(dom);
    EXPECT_EQ((*dom)->node(2).tag(), "g");
    EXPECT_EQ((*dom)->node(3).tag(), "o:g");
}

TEST(Xml, CharacterReferencesAreResolved) {
    EXPECT_EQ(text_of("<t>a &amp; b &lt; &#65;&#x42; &quot;&apos;</t>"), "a & b < AB \"'");
}

TEST(Xml, NoEntityIsEverDeclared) {
    const std::string bomb =
        "<!DOCTYPE svg [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;\"><!ENTITY x SYSTEM \"file:///etc/passwd\">"
        "<!-- ]> -->]><svg><text>&b;&x;</text></svg>";
    EXPECT_EQ(text_of(bomb), "&b;&x;");
}

TEST(Xml, CdataIsText) {
    EXPECT_EQ(text_of("<t><![CDATA[a < b &amp;]]></t>"), "a < b &amp;");
}

TEST(Xml, EndTagsWithoutAStartAreDropped) {
    EXPECT_EQ(tree_of("<a><b></c></b></a>"), tree_of("<a><b/></a>"));
    EXPECT_EQ(tree_of("<a><b></a>"), tree_of("<a><b/></a>"));
}

TEST(Xml, WhatIsCutOffIsWhatWasThere) {
    EXPECT_EQ(tree_of("<a><b/><c x='1"), tree_of("<a><b/><c x='1'/></a>"));
    EXPECT_EQ(tree_of("<a>t<!-- "), tree_of("<a>t</a>"));
}

TEST(Xml, TheFirstElementIsTheOnlyRoot) {
    EXPECT_EQ(tree_of("<a/><b><c/></b>"), tree_of("<a/>"));
}

TEST(Xml, NeedsAnElementAndUtf8) {
    EXPECT_EQ(tree_of("just text"), "error: the XML has no element");
    EXPECT_EQ(tree_of("<a>\xFF</a>"), "error: the XML is not UTF-8");
}

TEST(Xml, KeepsToItsLimits) {
    std::string deep, many;
    for (int i = 0; i < 1000; ++i) {
        deep += "<g>";
        many += "<g/>";
    }
    const ParseLimits limits{.nodes_max = 500, .depth_max = 20, .attributes_max = 2};
    EXPECT_EQ(tree_of("<svg>" + many + "</svg>", limits), "error: the XML has more than 500 nodes");
    const auto dom = parse_xml("<svg>" + deep + "</svg>", limits);
    ASSERT_TRUE(dom);
    EXPECT_EQ((*dom)->node_count(), 21U);
    const auto attributes = parse_xml("<svg a='1' b='2' c='3'/>", limits);
    ASSERT_TRUE(attributes);
    EXPECT_EQ((*attributes)->node(1).attributes().size(), 2U);
}

}  // namespace
}  // namespace galley::document
