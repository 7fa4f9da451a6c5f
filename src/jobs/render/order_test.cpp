#include "jobs/render/order.h"

#include <gtest/gtest.h>

#include "jobs/render/made_document.h"
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

MadePdf made_pdf() {
    MadePdf made;
    made.pdf = "%PDF-1.7 …";
    made.report.page_count = 3;
    made.report.warnings = {"no font", ""};
    made.report.resources = {{.url = "a.png", .bytes = 3, .sha256 = sha256("abc").hex(), .missing = {}},
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
