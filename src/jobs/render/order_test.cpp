#include "jobs/render/order.h"

#include <gtest/gtest.h>

#include "jobs/render/made_document.h"
#include "jobs/render/order_loader.h"
#include "jobs/render/page_css.h"

namespace galley::jobs {
namespace {

RenderOrder full_order() {
    RenderOrder order;
    order.source = SourceKind::Template;
    order.text = "<p>{{ a }}";
    order.data = R"({"a":1})";
    order.files = {{"b.png", std::string("\0\1\n", 3)}, {"a/c.css", "p{}"}};
    order.sheets = {"@page{size:A5;}", "p{color:red}"};
    order.metadata.title = "Title “x”";
    order.metadata.creation_date = "2026-01-31T12:00:00Z";
    order.resources = ResourcePolicy::Fail;
    order.limits.pages_max = 7;
    order.attachments = {"a/c.css"};
    order.media_type = "screen";
    order.custom_metadata = document::CustomMetadata::Kept;
    order.format.version = "2.0";
    order.format.identifier = "mine";
    order.base_url = "https://example.org/a/";
    order.remote = RemotePolicy::SameOrigin;
    order.fetched_source = FetchedSource{.url = "https://example.org/",
                                         .final_url = "https://example.org/a/",
                                         .status = 200,
                                         .bytes = 7,
                                         .sha256 = sha256("source").hex()};
    order.fetched = {{.url = "https://example.org/b", .final_url = {}, .status = 404, .missing = "gone", .content = {}},
                     {.url = "https://example.org/a.css",
                      .final_url = "https://cdn.example/a.css",
                      .status = 200,
                      .missing = {},
                      .content = SharedBytes("p{}")}};
    return order;
}

TEST(Order, WhatWasPutTogetherIsTakenApartAgain) {
    const Result<RenderOrder> got = decode_order(encode_order(full_order()));
    ASSERT_TRUE(got) << got.error().to_string();
    const RenderOrder wanted = full_order();
    EXPECT_EQ(got->source, wanted.source);
    EXPECT_EQ(got->text, wanted.text);
    EXPECT_EQ(got->data, wanted.data);
    EXPECT_EQ(got->sheets, wanted.sheets);
    EXPECT_EQ(got->metadata.title, wanted.metadata.title);
    EXPECT_EQ(got->metadata.creation_date, wanted.metadata.creation_date);
    EXPECT_EQ(got->resources, ResourcePolicy::Fail);
    EXPECT_EQ(got->limits.pages_max, 7);
    EXPECT_FALSE(got->limits.elements_max);
    EXPECT_EQ(got->attachments, wanted.attachments);
    EXPECT_EQ(got->media_type, "screen");
    EXPECT_EQ(got->custom_metadata, document::CustomMetadata::Kept);
    EXPECT_EQ(got->format.version, "2.0");
    EXPECT_EQ(got->format.identifier, "mine");
    EXPECT_EQ(got->base_url, wanted.base_url);
    EXPECT_EQ(got->remote, RemotePolicy::SameOrigin);
    EXPECT_EQ(got->fetched_source, wanted.fetched_source);
    ASSERT_EQ(got->fetched.size(), 2U);
    EXPECT_EQ(got->fetched[0].final_url, "https://cdn.example/a.css");
    EXPECT_EQ(got->fetched[0].content.view(), "p{}");
    EXPECT_EQ(got->fetched[1].missing, "gone");
    EXPECT_EQ(got->fetched[1].status, 404);
    ASSERT_EQ(got->files.size(), 2U);
    EXPECT_EQ(got->files[0].path, "a/c.css");
    EXPECT_EQ(got->files[1].content, wanted.files[0].content);
}

TEST(Order, TheOrderOfFilesDoesNotChangeTheHashAndAnyContentDoes) {
    RenderOrder turned = full_order();
    std::swap(turned.files[0], turned.files[1]);
    const Digest hash = order_hash(encode_order(full_order()));
    EXPECT_EQ(order_hash(encode_order(turned)), hash);
    turned.files[0].content += "x";
    EXPECT_NE(order_hash(encode_order(turned)), hash);
    RenderOrder other = full_order();
    other.text += " ";
    EXPECT_NE(order_hash(encode_order(other)), hash);
}

TEST(Order, WhatIsCutOrLongerIsRefused) {
    const Bytes whole = encode_order(full_order());
    for (std::size_t size = 0; size < whole.size(); ++size) EXPECT_FALSE(decode_order(whole.substr(0, size))) << size;
    EXPECT_FALSE(decode_order(whole + "x"));
    EXPECT_FALSE(decode_order("galley-order/2\n2\n{}"));
    EXPECT_FALSE(decode_order("galley-order/1\n99999999999999999999999\n{}"));
}

TEST(Order, AnOrderThatNeedsNothingOfTheWebIsWrittenAsEver) {
    EXPECT_EQ(
        encode_order({.text = "<p>", .sheets = {}}),
        "galley-order/1\n115\n"
        R"({"source":"html","text_bytes":3,"data_bytes":2,"sheets":[],"metadata":{},"resources":"warn","limits":{},)"
        R"("files":[]})"
        "<p>{}");
}

// ---- resources

RenderOrder web_order() {
    RenderOrder order;
    order.base_url = "https://example.org/docs/page.html?x";
    order.files = {{"own.png", "own"}, {"a b.css", "sheet"}};
    order.fetched = {{.url = "https://example.org/docs/a.png",
                      .final_url = {},
                      .status = 200,
                      .missing = {},
                      .content = SharedBytes("abc")},
                     {.url = "https://example.org/no",
                      .final_url = {},
                      .status = 404,
                      .missing = "the server answers 404",
                      .content = {}}};
    return order;
}

TEST(OrderLoader, FilesOfTheOrderStandForWhatLiesBelowTheBase) {
    const RenderOrder order = web_order();
    const OrderLoader loader(order, 100);
    EXPECT_EQ(loader.load("https://example.org/docs/own.png?v=1")->view(), "own");
    EXPECT_EQ(loader.load("https://example.org/docs/a%20b.css#x")->view(), "sheet");
    EXPECT_FALSE(loader.load("https://example.org/own.png"));
    EXPECT_EQ(loader.load("galley-upload://document/own.png")->view(), "own");
}

TEST(OrderLoader, GivesWhatWasFetchedAndSaysHow) {
    const RenderOrder order = web_order();
    const OrderLoader loader(order, 100);
    EXPECT_EQ(loader.load("https://example.org/docs/a.png#f")->view(), "abc");
    EXPECT_EQ(loader.load("https://example.org/no").error().message, "the server answers 404");
    EXPECT_EQ(loader.load("https://example.org/new").error().code, ErrorCode::Forbidden);
    EXPECT_TRUE(loader.wanted().empty());
    ASSERT_EQ(loader.used().size(), 3U);
    EXPECT_EQ(loader.used()[0].status, 200);
    EXPECT_EQ(loader.used()[1].status, 404);
}

TEST(OrderLoader, WhatMayBeFetchedAndWasNotIsWanted) {
    RenderOrder order = web_order();
    order.remote = RemotePolicy::Any;
    const OrderLoader loader(order, 100);
    EXPECT_FALSE(loader.load("https://example.org/new"));
    EXPECT_FALSE(loader.load("https://example.org/new#again"));
    EXPECT_FALSE(loader.load("http://u:p@example.org/"));
    EXPECT_FALSE(loader.load("file:///etc/passwd"));
    EXPECT_FALSE(loader.load("galley-upload://document/none"));
    EXPECT_EQ(loader.wanted(), std::vector<std::string>{"https://example.org/new"});
}

TEST(OrderLoader, TheBoundHoldsForWhatWasFetchedToo) {
    const RenderOrder order = web_order();
    const OrderLoader loader(order, 5);
    EXPECT_TRUE(loader.load("https://example.org/docs/own.png"));
    EXPECT_EQ(loader.load("https://example.org/docs/a.png").error().code, ErrorCode::LimitExceeded);
}

TEST(MadeDocument, WhatIsWantedTravelsAndNothingElseInItsPlace) {
    MadePdf made;
    made.wanted = {"https://example.org/a", "http://[::1]:8080/b?c"};
    const Bytes whole = encode_made(made);
    EXPECT_EQ(decode_made(whole)->wanted, made.wanted);
    const auto reply = [](std::string text) { return decode_made(text + std::string(8, '\xff')); };
    EXPECT_TRUE(reply("http://a.example/\n"));
    for (const char* bad : {"", "\n", "http://a.example/", "file:///etc/passwd\n", "http://a.example/\n\n", "x\n"})
        EXPECT_EQ(reply(bad).error().code, ErrorCode::Corrupt) << bad;
    std::string many;
    for (std::size_t i = 0; i <= kWantedMax; ++i) many += "http://a.example/\n";
    EXPECT_FALSE(reply(many));
}

MadePdf made_pdf() {
    MadePdf made;
    made.pdf = "%PDF-1.7 …";
    made.report.page_count = 3;
    made.report.warnings = {"no font", ""};
    made.report.resources = {{.url = "a.png",
                              .bytes = 3,
                              .sha256 = sha256("abc").hex(),
                              .missing = {},
                              .status = 200,
                              .final_url = "https://example.org/a.png"},
                             {.url = "b.png", .bytes = 0, .sha256 = {}, .missing = "no file"}};
    return made;
}

TEST(MadeDocument, TravelsWhole) {
    const Result<MadePdf> got = decode_made(encode_made(made_pdf()));
    ASSERT_TRUE(got) << got.error().to_string();
    EXPECT_EQ(got->pdf, made_pdf().pdf);
    EXPECT_EQ(report_json(got->report), report_json(made_pdf().report));
    EXPECT_EQ(got->report.resources[1].missing, "no file");
}

TEST(MadeDocument, WhatIsCutOrTurnedIsNeverReadBeyond) {
    const Bytes whole = encode_made(made_pdf());
    for (std::size_t size = 0; size < whole.size(); ++size) EXPECT_FALSE(decode_made(whole.substr(0, size))) << size;
    for (std::size_t bit = 0; bit < whole.size() * 8; ++bit) {
        Bytes turned = whole;
        turned[bit / 8] = static_cast<char>(turned[bit / 8] ^ (1 << bit % 8));
        const Result<MadePdf> got = decode_made(turned);
        if (got) {
            EXPECT_LE(got->pdf.size(), whole.size());
        } else {
            EXPECT_EQ(got.error().code, ErrorCode::Corrupt);
        }
    }
}

TEST(MadeDocument, TextsAreCutBetweenCharactersAndAlwaysUtf8) {
    DocumentReport report;
    report.warnings = {std::string(kReportTextBytesMax - 1, 'x') + "€€", "\xff\xc3 cut"};
    const Result<DocumentReport> got = parse_report(report_json(report));
    ASSERT_TRUE(got);
    EXPECT_EQ(got->warnings[0], std::string(kReportTextBytesMax - 1, 'x'));
    EXPECT_EQ(got->warnings[1], " cut");
}

TEST(PageCss, KnowsSizesAndMarginsAndNothingElse) {
    for (const char* good :
         {"A4", "a5 landscape", "landscape", "landscape letter", "100mm 150mm", "15cm", "8.5in 11in"})
        EXPECT_TRUE(check_page_size(good)) << good;
    for (const char* bad : {"", "A44", "A4}", "A4;", "100", "100mm 150mm 1mm", "1..5cm", "-1cm", "A4 A5", "10%"})
        EXPECT_FALSE(check_page_size(bad)) << bad;
    for (const char* good : {"0", "2cm", "20mm 15mm", "1in 0 1in 0"}) EXPECT_TRUE(check_margin(good)) << good;
    for (const char* bad : {"", "2", "1cm 1cm 1cm 1cm 1cm", "1cm;", "auto"}) EXPECT_FALSE(check_margin(bad)) << bad;
}

}  // namespace
}  // namespace galley::jobs
