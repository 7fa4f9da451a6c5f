// Drawings and other images in their places: sizes, object-fit, what inherits where, what the limits leave out.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "document_testing.h"

namespace galley::document::testing {

namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

// A page of 400 × 200 px without margins.
std::string document(const std::string& body) {
    return "<style>@page{size:400px 200px;margin:0}html{font:10px/20px 'Liberation Sans'}body{margin:0}"
           "svg,img{display:block}</style>" +
           body;
}

std::string svg_url(const std::string& svg) {
    std::string out = "data:image/svg+xml,";
    for (const char c : svg) out += c == '#' ? std::string("%23") : c == '"' ? std::string("%22") : std::string(1, c);
    return out;
}

class DataUrls final : public ResourceLoader {
 public:
    Result<SharedBytes> load(std::string_view url) const override {
        GALLEY_TRY(DataUrl data, decode_data_url(url));
        return SharedBytes(std::move(data.bytes));
    }
};

// "x y wxh" of the first drawing.
std::string place_of(const std::string& body) {
    const std::string dump = dump_pages(document(body));
    const std::size_t at = dump.find("vector ");
    return at == std::string::npos ? "nothing" : dump.substr(at + 7, dump.find(" drawing", at) - at - 7);
}

std::string warnings_of(const std::string& body) {
    static const DataUrls loader;
    RenderOptions options;
    options.loader = &loader;
    const auto rendered = render(document(body), options);
    if (!rendered) return rendered.error().message;
    std::string out;
    for (const std::string& warning : rendered->warnings) out += warning + "\n";
    return out;
}

struct SizeCase {
    const char* name;
    const char* attributes;
    const char* want;
};

void PrintTo(const SizeCase& test, std::ostream* out) {
    *out << test.name;
}

class InlineSvg : public ::testing::TestWithParam<SizeCase> {};

TEST_P(InlineSvg, MeasuresAs) {
    const std::string svg = std::string("<svg ") + GetParam().attributes + "><path d='M0 0h5v5z'/></svg>";
    EXPECT_EQ(place_of(svg), GetParam().want);
}

const SizeCase kSizes[] = {
    {"WidthAndHeight", "width=80 height=50", "0.00 0.00 80.00x50.00"},
    {"Units", "width=1in height=72pt", "0.00 0.00 96.00x96.00"},
    {"WidthAndProportion", "width=80 viewBox='0 0 4 1'", "0.00 0.00 80.00x20.00"},
    {"HeightAndProportion", "height=20 viewBox='0 0 4 1'", "0.00 0.00 80.00x20.00"},
    {"ProportionFillsTheWidth", "viewBox='0 0 4 1'", "0.00 0.00 400.00x100.00"},
    {"Nothing", "", "0.00 0.00 300.00x150.00"},
    {"PercentOfTheContainer", "width=50% viewBox='0 0 4 1'", "0.00 0.00 200.00x50.00"},
    {"StyleWinsOverAttributes", "width=80 height=40 style='width:40px;height:auto'", "0.00 0.00 40.00x20.00"},
    {"MaxWidthKeepsTheProportion", "width=800 height=400 style='max-width:100%;height:auto'",
     "0.00 0.00 400.00x200.00"},
};
INSTANTIATE_TEST_SUITE_P(Sizes, InlineSvg, ::testing::ValuesIn(kSizes),
                         [](const auto& info) { return std::string(info.param.name); });

TEST(Drawing, PropertiesComeFromTheDocumentsSheetAndAncestors) {
    const std::string dump = dump_pages(document(
        "<style>.a{fill:red}:root{--c:#0000ff}rect{stroke:var(--c)}</style><div style='fill:lime'><svg><rect class=a "
        "width=5 height=5 /><rect width=6 height=5 fill=blue style='fill:inherit'/></svg></div>"));
    EXPECT_THAT(dump, HasSubstr("L5.00,5.00 L0.00,5.00 Z fill #ff0000 stroke #0000ff"));
    EXPECT_THAT(dump, HasSubstr("L6.00,5.00 L0.00,5.00 Z fill #00ff00 stroke #0000ff"));
}

TEST(Drawing, AnInstanceInheritsFromItsUse) {
    const std::string dump = dump_pages(document(
        "<svg style='color:red'><defs><path id=p d='M0 0h1v1z'/><path id=q d='M0 0h2v2z' fill=currentColor /></defs>"
        "<use href='#p' fill=lime /><use href='#q' style='color:blue'/></svg>"));
    EXPECT_THAT(dump, HasSubstr("L1.00,1.00 Z fill #00ff00"));
    EXPECT_THAT(dump, HasSubstr("L2.00,2.00 Z fill #0000ff"));
}

TEST(Drawing, TransparencyOfOneColourNeedsNoGroup) {
    const std::string one = dump_pages(document("<svg><rect width=5 height=5 opacity=.5 /></svg>"));
    EXPECT_THAT(one, HasSubstr("fill #00000080"));
    EXPECT_THAT(one, Not(HasSubstr("group")));
    EXPECT_THAT(dump_pages(document("<svg><rect width=5 height=5 opacity=.5 stroke=red /></svg>")),
                HasSubstr("group 0.50"));
}

TEST(Drawing, LinksOfADrawingAreLinksOfThePage) {
    const auto pages =
        pages_of(document("<svg><a href='https://a.test/'><rect x=10 y=20 width=30 height=5 /></a></svg>"));
    ASSERT_EQ(pages.size(), 1U);
    ASSERT_EQ(pages[0].links.size(), 1U);
    EXPECT_EQ(pages[0].links[0].target, "https://a.test/");
    EXPECT_EQ(pages[0].links[0].rect.x.px(), 10);
    EXPECT_EQ(pages[0].links[0].rect.height.px(), 5);
}

TEST(Drawing, WarningsNameWhatIsLeftOut) {
    EXPECT_EQ(warnings_of("<svg><title>t</title><desc>d</desc><rect width=5 height=5 /></svg>"), "");
    EXPECT_THAT(warnings_of("<svg><foreignObject>x</foreignObject></svg>"), HasSubstr("foreignObject"));
    EXPECT_THAT(warnings_of("<svg><rect width=5 height=5 fill='url(a.svg#b)'/></svg>"), HasSubstr("another file"));
    EXPECT_THAT(warnings_of("<svg><rect width=5 height=5 filter='url(#f)'/></svg>"), HasSubstr("filter"));
    EXPECT_THAT(warnings_of("<img src='" + svg_url("<svg xmlns='x' broken") + "'>"), HasSubstr(""));
    EXPECT_THAT(warnings_of("<img src='data:image/svg+xml,<svgg><svg/></svgg>'>"), HasSubstr("is left out"));
}

TEST(Drawing, UsesOfUsesEndAtTheLimits) {
    std::string levels;
    for (int i = 0; i < 14; ++i) {
        const std::string next = "<use href='#l" + std::to_string(i + 1) + "'/>";
        levels += "<g id=l" + std::to_string(i) + ">" + next + next + next + next + "</g>";
    }
    EXPECT_THAT(warnings_of("<svg><defs>" + levels + "<rect id=l14 width=1 height=1 /></defs><use href='#l0'/></svg>"),
                HasSubstr("svg_elements_max"));
    EXPECT_THAT(warnings_of("<svg><g id=a><use href='#a'/></g></svg>"), HasSubstr("deeper than 16"));
}

TEST(Drawing, ReferencesToThemselvesEnd) {
    EXPECT_THAT(warnings_of("<svg><pattern id=p width=5 height=5 patternUnits=userSpaceOnUse><rect width=5 height=5 "
                            "fill='url(#p)'/></pattern><rect width=50 height=50 fill='url(#p)'/></svg>"),
                HasSubstr("deeper than 8"));
    EXPECT_EQ(warnings_of("<svg><linearGradient id=g href='#g'><stop/></linearGradient><rect width=5 height=5 "
                          "fill='url(#g)'/></svg>"),
              "");
}

TEST(Drawing, ATileTooSmallIsNotPainted) {
    EXPECT_THAT(warnings_of("<svg><pattern id=p width=.001 height=5 patternUnits=userSpaceOnUse><rect width=5 height=5 "
                            "/></pattern><rect width=50 height=50 fill='url(#p)'/></svg>"),
                HasSubstr("svg_tile_side_min"));
}

struct FitCase {
    const char* name;
    const char* style;
    const char* want;
};

void PrintTo(const FitCase& test, std::ostream* out) {
    *out << test.name;
}

class ObjectFit : public ::testing::TestWithParam<FitCase> {};

// A drawing of 40 × 20 in a box of 100 × 100.
TEST_P(ObjectFit, PlacesTheImage) {
    const std::string style = std::string("width:100px;height:100px;") + GetParam().style;
    EXPECT_EQ(place_of("<svg width=40 height=20 style='" + style + "'><path d='M0 0h5v5z'/></svg>"), GetParam().want);
}

const FitCase kFits[] = {
    {"Fill", "", "0.00 0.00 100.00x100.00"},
    {"Contain", "object-fit:contain", "0.00 25.00 100.00x50.00"},
    {"Cover", "object-fit:cover", "-50.00 0.00 200.00x100.00"},
    {"None", "object-fit:none", "30.00 40.00 40.00x20.00"},
    {"ScaleDown", "object-fit:scale-down", "30.00 40.00 40.00x20.00"},
    {"PositionKeywords", "object-fit:contain;object-position:left top", "0.00 0.00 100.00x50.00"},
    {"PositionOtherWayRound", "object-fit:contain;object-position:bottom right", "0.00 50.00 100.00x50.00"},
    {"PositionLengths", "object-fit:none;object-position:10px 25%", "10.00 20.00 40.00x20.00"},
};
INSTANTIATE_TEST_SUITE_P(Fits, ObjectFit, ::testing::ValuesIn(kFits),
                         [](const auto& info) { return std::string(info.param.name); });

}  // namespace

}  // namespace galley::document::testing
