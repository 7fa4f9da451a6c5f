#include "codec/multipart.h"

#include <gtest/gtest.h>

namespace galley::codec {
namespace {

constexpr const char* kType = "multipart/form-data; boundary=x";
const std::string kHead = "--x\r\nContent-Disposition: form-data; name=\"a\"\r\n";

// "name=content;" or "name[file:type]=content;" for each part, or "!" and the reason.
std::string dump(std::string_view type, std::string_view body, const MultipartLimits& limits = {}) {
    const auto parts = parse_multipart(type, body, limits);
    if (!parts) return std::string(error_code_name(parts.error().code)) + "!" + parts.error().message;
    std::string out;
    for (const MultipartPart& part : *parts) {
        out += part.name;
        if (part.file_name) out += "[" + *part.file_name + ":" + std::string(part.type) + "]";
        out += "=" + std::string(part.content) + ";";
    }
    return out;
}

struct Case {
    const char* name;
    std::string body;
    std::string want;
};

class MultipartTable : public testing::TestWithParam<Case> {};

TEST_P(MultipartTable, ReadsAs) {
    EXPECT_EQ(dump(kType, GetParam().body), GetParam().want);
}

std::string file_part(std::string_view disposition) {
    return "--x\r\nContent-Disposition: form-data; name=a; " + std::string(disposition) + "\r\n\r\n1\r\n--x--";
}

INSTANTIATE_TEST_SUITE_P(
    Good, MultipartTable,
    testing::Values(Case{"OneField", kHead + "\r\nvalue\r\n--x--\r\n", "a=value;"},
                    Case{"TwoFieldsInOrder", kHead + "\r\n1\r\n" + kHead + "\r\n2\r\n--x--\r\n", "a=1;a=2;"},
                    Case{"EndsAtTheClosingDelimiter", kHead + "\r\nvalue\r\n--x--", "a=value;"},
                    Case{"EmptyContent", kHead + "\r\n\r\n--x--", "a=;"},
                    Case{"NoBodyAtAll", kHead + "\r\n--x--", "a=;"},
                    Case{"ContentKeepsItsLineEnds", kHead + "\r\n\r\nb\n\r\n\r\n--x--", "a=\r\nb\n\r\n;"},
                    Case{"DashesInContent", kHead + "\r\n--\r\n--y\r\n--x--", "a=--\r\n--y;"},
                    Case{"PreambleAndEpilogue", "hello\r\n" + kHead + "\r\n1\r\n--x--\r\n--x\r\nnot a part", "a=1;"},
                    Case{"PaddedDelimiters", "--x \t\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n--x--  \r\n",
                         "a=1;"},
                    Case{"OtherFieldsAreIgnored",
                         kHead + "X-Any: thing\r\nContent-Transfer-Encoding: BINARY\r\n\r\n1\r\n--x--", "a=1;"},
                    Case{"File", file_part("filename=\"r.json\""), "a[r.json:text/plain]=1;"},
                    Case{"NoFileChosen", file_part("filename=\"\""), "a[:text/plain]=1;"},
                    Case{"WindowsPathIsCut", file_part(R"(filename="C:\dir\r.json")"), "a[r.json:text/plain]=1;"},
                    Case{"PathIsCut", file_part("filename=\"../../etc/passwd\""), "a[passwd:text/plain]=1;"},
                    Case{"QuotesInNames", file_part(R"(filename="a\"b.txt")"), "a[a\"b.txt:text/plain]=1;"},
                    Case{"Utf8FileName", file_part("filename=\"\xC3\xA9.txt\""), "a[\xC3\xA9.txt:text/plain]=1;"}),
    [](const auto& test) { return std::string(test.param.name); });

INSTANTIATE_TEST_SUITE_P(
    Bad, MultipartTable,
    testing::Values(Case{"Empty", "", "invalid_input!multipart: the closing delimiter is missing"},
                    Case{"NoPart", "--x--\r\n", "invalid_input!multipart: there is no part"},
                    Case{"NoClose", kHead + "\r\n1\r\n", "invalid_input!multipart: the closing delimiter is missing"},
                    Case{"CutInTheHead", "--x\r\nContent-Disp", "invalid_input!multipart: a part's head has no end"},
                    Case{"CutInTheDelimiter", kHead + "\r\n1\r\n--x",
                         "invalid_input!multipart: a line begins with the boundary and "
                         "is no delimiter"},
                    Case{"AlmostADelimiter", kHead + "\r\n1\r\n--xy\r\n--x--",
                         "invalid_input!multipart: a line begins with the boundary and is no delimiter"},
                    Case{"BareLineFeeds", "--x\nContent-Disposition: form-data; name=a\n\n1\n--x--",
                         "invalid_input!multipart: a line begins with the boundary and is no delimiter"},
                    Case{"FoldedField", "--x\r\nContent-Disposition: form-data;\r\n name=a\r\n\r\n1\r\n--x--",
                         "invalid_input!multipart: a part's head has a line that is not 'name: value'"},
                    Case{"BareCarriageReturn", kHead + "X: a\rb\r\n\r\n1\r\n--x--",
                         "invalid_input!multipart: a part's head has a bare CR, LF or NUL"},
                    Case{"NoDisposition", "--x\r\nX: y\r\n\r\n1\r\n--x--",
                         "invalid_input!multipart: a part has no 'Content-Disposition: form-data'"},
                    Case{"Attachment", "--x\r\nContent-Disposition: attachment; name=a\r\n\r\n1\r\n--x--",
                         "invalid_input!multipart: a part has no 'Content-Disposition: form-data'"},
                    Case{"TwoDispositions", kHead + "Content-Disposition: form-data; name=b\r\n\r\n1\r\n--x--",
                         "invalid_input!multipart: a part has two Content-Disposition fields"},
                    Case{"TwoTypes", kHead + "Content-Type: a/b\r\nContent-Type: a/b\r\n\r\n1\r\n--x--",
                         "invalid_input!multipart: a part has two Content-Type fields"},
                    Case{"NoName", "--x\r\nContent-Disposition: form-data\r\n\r\n1\r\n--x--",
                         "invalid_input!multipart: a part has no name, or a malformed one"},
                    Case{"NameNotUtf8", "--x\r\nContent-Disposition: form-data; name=\"\xFF\"\r\n\r\n1\r\n--x--",
                         "invalid_input!multipart: a part has no name, or a malformed one"},
                    Case{"FileNameIsAFolder", file_part("filename=\"a/..\""),
                         "invalid_input!multipart: a file name is malformed"},
                    Case{"ExtendedFileName", file_part("filename*=UTF-8''r.json"),
                         "unsupported!multipart: filename* is not allowed in a form"},
                    Case{"TransferEncoding", kHead + "Content-Transfer-Encoding: base64\r\n\r\nMQ==\r\n--x--",
                         "unsupported!multipart: a part has a Content-Transfer-Encoding"},
                    Case{"Nested", kHead + "Content-Type: Multipart/mixed; boundary=y\r\n\r\n--y--\r\n--x--",
                         "unsupported!multipart: a part is itself multipart"}),
    [](const auto& test) { return std::string(test.param.name); });

TEST(Multipart, TheTypeMustBeAFormWithAGoodBoundary) {
    const std::string body = kHead + "\r\n1\r\n--x--";
    EXPECT_EQ(dump("Multipart/Form-Data; Boundary=\"x\"", body), "a=1;");
    const std::string bad = "invalid_input!multipart: the boundary is missing or malformed";
    EXPECT_EQ(dump("multipart/form-data", body), bad);
    EXPECT_EQ(dump("multipart/form-data; boundary=\"\"", body), bad);
    EXPECT_EQ(dump("multipart/form-data; boundary=\"x \"", body), bad);
    EXPECT_EQ(dump("multipart/form-data; boundary=\"x\xC3\xA9\"", body), bad);
    EXPECT_EQ(dump("multipart/form-data; boundary=" + std::string(kBoundaryBytesMax + 1, 'x'), body), bad);
    EXPECT_EQ(dump("multipart/mixed; boundary=x", body), "unsupported!multipart: the body must be multipart/form-data");
}

TEST(Multipart, EveryLimitIsNamed) {
    const std::string two = kHead + "\r\n1\r\n" + kHead + "\r\n2\r\n--x--";
    EXPECT_EQ(dump(kType, two, {.parts_max = 2}), "a=1;a=2;");
    EXPECT_EQ(dump(kType, two, {.parts_max = 1}), "limit_exceeded!multipart: more than parts_max = 1");
    EXPECT_EQ(dump(kType, two, {.part_header_bytes_max = 20}),
              "limit_exceeded!multipart: more than part_header_bytes_max = 20");
    EXPECT_EQ(dump(kType, two, {.part_fields_max = 0}), "limit_exceeded!multipart: more than part_fields_max = 0");
    EXPECT_EQ(dump(kType, two, {.name_bytes_max = 0}), "limit_exceeded!multipart: more than name_bytes_max = 0");
    EXPECT_EQ(dump(kType, file_part("filename=abc"), {.file_name_bytes_max = 2}),
              "limit_exceeded!multipart: more than file_name_bytes_max = 2");
}

TEST(Multipart, ABodyCutAnywhereIsRefusedOrKeepsItsWholeParts) {
    const std::string body = kHead + "\r\nfirst\r\n" + kHead + "\r\nsecond\r\n--x--";
    for (std::size_t size = 0; size < body.size(); ++size) {
        EXPECT_FALSE(parse_multipart(kType, std::string_view(body).substr(0, size))) << size;
    }
    EXPECT_TRUE(parse_multipart(kType, body));
}

}  // namespace
}  // namespace galley::codec
