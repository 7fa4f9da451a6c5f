#include "document/pdf/metadata.h"

#include <gtest/gtest.h>

#include "document/pdf/attachments.h"
#include "document/pdf/page_labels.h"

namespace galley::document {
namespace {

struct DateCase {
    const char* text;
    const char* want;
};
class PdfDate : public testing::TestWithParam<DateCase> {};
TEST_P(PdfDate, IsReadAsW3CHasIt) {
    EXPECT_EQ(pdf_date(GetParam().text), GetParam().want) << GetParam().text;
}
INSTANTIATE_TEST_SUITE_P(Cases, PdfDate,
                         testing::Values(DateCase{"1997", "D:1997"}, DateCase{"1997-07", "D:199707"},
                                         DateCase{"1997-07-16", "D:19970716"},
                                         DateCase{"1997-07-16T19:20+01:00", "D:19970716192000+01'00'"},
                                         DateCase{"1997-07-16T19:20:30Z", "D:19970716192030Z"},
                                         DateCase{"1997-07-16T19:20:30.45-05:30", "D:19970716192030-05'30'"},
                                         DateCase{"", ""}, DateCase{"199", ""}, DateCase{"1997-7", ""},
                                         DateCase{"1997-07-16T19", ""}, DateCase{"1997-07-16T19:20", ""},
                                         DateCase{"1997-07-16T19:20:30", ""}, DateCase{"1997-07-16 19:20:30Z", ""},
                                         DateCase{"1997-07-16T19:20:30Zulu", ""}, DateCase{"16.7.1997", ""}));

TEST(InfoDictionary, HoldsWhatIsGivenAndNamesOfAnyKind) {
    PdfMetadata metadata;
    metadata.creator = "Pandoc";
    metadata.modification_date = "2026-01-31";
    metadata.custom = {{"ticket/no (1)", "é"}, {"empty", ""}};
    EXPECT_EQ(info_dictionary(metadata),
              "<</Creator(Pandoc)/Producer(Galley)/ModDate(D:20260131)/ticket#2fno#20#281#29<FEFF00E9>>>");
    const std::string xmp = xmp_packet(metadata);
    EXPECT_NE(xmp.find("<xmp:CreatorTool>Pandoc<"), std::string::npos) << xmp;
    EXPECT_NE(xmp.find("<xmp:ModifyDate>2026-01-31<"), std::string::npos) << xmp;
}

using Style = PageLabel::Style;

TEST(PageLabels, AreWrittenWhenTheyAreNotThePlainNumbers) {
    EXPECT_EQ(page_labels({}), "");
    const PageLabel plain[] = {{1, Style::Decimal}, {2, Style::Decimal}};
    EXPECT_EQ(page_labels(plain), "");
    const PageLabel book[] = {{1, Style::LowerRoman}, {2, Style::LowerRoman}, {1, Style::Decimal},
                              {2, Style::Decimal},    {7, Style::Decimal},    {-1, Style::Decimal},
                              {1, Style::UpperAlpha}};
    EXPECT_EQ(page_labels(book), "/PageLabels<</Nums[0<</S/r/St 1>>2<</S/D/St 1>>4<</S/D/St 7>>5<<>>6<</S/A/St 1>>]>>");
    const PageLabel unknown[] = {{3, Style::Decimal}, {}};
    EXPECT_EQ(page_labels(unknown), "");
}

TEST(AttachmentName, IsTheLastPartOfThePath) {
    EXPECT_EQ(attachment_name("file:///a/b%20c.txt?d/e#f"), "b c.txt");
    EXPECT_EQ(attachment_name("data.xml"), "data.xml");
    EXPECT_EQ(attachment_name("https://example.org"), "attachment.bin");
    EXPECT_EQ(attachment_name("https://example.org/a/"), "attachment.bin");
    EXPECT_EQ(attachment_name("data:text/plain,a/b"), "attachment.bin");
    EXPECT_EQ(attachment_name("a/%zz"), "%zz");
}

}  // namespace
}  // namespace galley::document
