#include "document/pdf/pdf_writer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "document/pdf/testing/sample_pages.h"
#include "document/text/testing/installed_fonts.h"

namespace galley::document {
namespace {

PdfOptions titled() {
    PdfOptions options;
    options.metadata.title = "Gallery \u2013 all items";
    options.metadata.language = "en";
    options.metadata.creation_date = "2024-01-15T10:30:00Z";
    return options;
}

std::string write(FontLibrary& library, const std::vector<DisplayPage>& pages, const PdfOptions& options = {}) {
    const auto writer = PdfWriter::create(library, options);
    for (const DisplayPage& page : pages) EXPECT_TRUE(writer->add_page(page));
    Result<Bytes> file = writer->finish();
    return file ? *file : std::string();
}

struct Ran {
    int status = -1;
    std::string output;
};

Ran run(const std::string& command) {
    Ran ran;
    FILE* const pipe = popen((command + " 2>&1").c_str(), "r");  // NOLINT: the command is ours
    if (pipe == nullptr) return ran;
    std::array<char, 4096> buffer{};
    for (std::size_t got = 0; (got = std::fread(buffer.data(), 1, buffer.size(), pipe)) > 0;)
        ran.output.append(buffer.data(), got);
    ran.status = pclose(pipe);
    return ran;
}

std::string save(const std::string& bytes, const std::string& name) {
    const std::string path = testing::TempDir() + "galley_" + name + ".pdf";
    std::ofstream(path, std::ios::binary) << bytes;
    return path;
}

struct Fonts {
    InstalledFonts source;
    std::unique_ptr<FontLibrary> library = FontLibrary::create(source);
};

TEST(PdfWriter, QpdfFindsNoFaultInAGalleryOfAllItems) {
    Fonts fonts;
    const std::string file =
        write(*fonts.library, {gallery_page(*fonts.library), text_page(*fonts.library, 2, 60)}, titled());
    const Ran checked = run("qpdf --check " + save(file, "gallery"));
    EXPECT_EQ(checked.status, 0) << checked.output;
    EXPECT_EQ(checked.output.find("WARNING"), std::string::npos) << checked.output;
}

TEST(PdfWriter, TextCanBeExtracted) {
    Fonts fonts;
    const std::string path = save(write(*fonts.library, {gallery_page(*fonts.library)}), "extract");
    const Ran text = run("pdftotext -layout " + path + " -");
    ASSERT_EQ(text.status, 0) << text.output;
    for (const char* wanted :
         {"AVATAR To Yes \u2013 na\u00efve \u20ac 1,234.56 (kerning) \\", "\u2192 \u2265 \u0416 \u03a9",
          "ligatures: fi ffi fl", "here   too", "in a group", "Synthetic bold and oblique"})
        EXPECT_NE(text.output.find(wanted), std::string::npos) << wanted << " not in:\n" << text.output;
    for (const char* letters : {"\u05e9\u05dc\u05d5\u05dd", "\u0645\u0631\u062d\u0628\u0627"})
        EXPECT_NE(text.output.find(letters), std::string::npos) << letters << " not in:\n" << text.output;
}

TEST(PdfWriter, BytesAreEqualAcrossWritersAndLibraries) {
    Fonts first;
    Fonts second;
    const std::string once = write(*first.library, {gallery_page(*first.library)}, titled());
    EXPECT_EQ(once, write(*first.library, {gallery_page(*first.library)}, titled()));
    EXPECT_EQ(once, write(*second.library, {text_page(*second.library, 1, 3)}).empty()
                        ? ""
                        : write(*second.library, {gallery_page(*second.library)}, titled()));
}

TEST(PdfWriter, AnyChangeChangesTheIdentifier) {
    Fonts fonts;
    const auto id = [](const std::string& file) { return file.substr(file.find("/ID[<") + 5, 32); };
    const std::string one = write(*fonts.library, {text_page(*fonts.library, 1, 3)});
    const std::string other = write(*fonts.library, {text_page(*fonts.library, 2, 3)});
    EXPECT_NE(id(one), id(other));
}

TEST(PdfWriter, FontsAreEmbeddedSubsets) {
    Fonts fonts;
    const Ran listed = run("pdffonts " + save(write(*fonts.library, {gallery_page(*fonts.library)}), "fonts"));
    ASSERT_EQ(listed.status, 0) << listed.output;
    EXPECT_NE(listed.output.find("+LiberationSans "), std::string::npos) << listed.output;
    EXPECT_NE(listed.output.find("+DejaVuSans "), std::string::npos) << listed.output;
    EXPECT_EQ(listed.output.find("no  yes"), std::string::npos) << listed.output;
}

TEST(PdfWriter, EveryFontSaysWhichTextItsCodesStandFor) {
    Fonts fonts;
    const Ran listed = run("pdffonts " + save(write(*fonts.library, {gallery_page(*fonts.library)}), "unicode"));
    ASSERT_EQ(listed.status, 0) << listed.output;
    std::istringstream lines(listed.output);
    std::string line;
    std::getline(lines, line);  // name, type, encoding, emb sub uni, object ID
    std::getline(lines, line);
    int fonts_seen = 0;
    for (; std::getline(lines, line); ++fonts_seen) EXPECT_NE(line.find("yes yes yes"), std::string::npos) << line;
    EXPECT_GT(fonts_seen, 2);
}

TEST(PdfWriter, LinksAnchorsAndOutlineAreWritten) {
    Fonts fonts;
    const auto writer = PdfWriter::create(*fonts.library, {});
    ASSERT_TRUE(writer->add_page(gallery_page(*fonts.library)));
    const std::string path = save(*writer->finish(), "links");
    ASSERT_EQ(writer->warnings().size(), 1U);
    EXPECT_NE(writer->warnings()[0].find("nowhere"), std::string::npos);
    const std::string json = run("qpdf --json --json-key=outlines --json-key=qpdf " + path).output;
    EXPECT_NE(json.find("https://example.com/a(b)?q=%C3%A9"), std::string::npos);
    EXPECT_NE(json.find("\"title\": \"Groups (two)\""), std::string::npos);
    EXPECT_NE(json.find("\"title\": \"Text \u2013 first\""), std::string::npos);
    EXPECT_NE(json.find("shapes"), std::string::npos);
}

TEST(PdfWriter, MetadataComesOutAsItWentIn) {
    Fonts fonts;
    const Ran info = run("pdfinfo " + save(write(*fonts.library, {text_page(*fonts.library, 1, 1)}, titled()), "info"));
    EXPECT_NE(info.output.find("Gallery \u2013 all items"), std::string::npos) << info.output;
    EXPECT_NE(info.output.find("595.277 x 841.887"), std::string::npos) << info.output;
    EXPECT_NE(info.output.find("2024"), std::string::npos) << info.output;
}

TEST(PdfWriter, HundredPagesMakeABalancedTreeThatQpdfReads) {
    Fonts fonts;
    std::vector<DisplayPage> pages;
    for (int i = 0; i < 100; ++i) pages.push_back(text_page(*fonts.library, i, 2));
    const std::string path = save(write(*fonts.library, pages), "hundred");
    EXPECT_EQ(run("qpdf --show-npages " + path).output, "100\n");
    EXPECT_EQ(run("qpdf --check " + path).status, 0);
    EXPECT_NE(run("pdftotext -f 77 -l 77 " + path + " -").output.find("of page 76"), std::string::npos);
}

TEST(PdfWriter, DocumentWithoutPagesIsStillAFile) {
    Fonts fonts;
    EXPECT_EQ(run("qpdf --show-npages " + save(write(*fonts.library, {}), "empty")).output, "0\n");
}

TEST(PdfWriter, LimitsAreNamed) {
    Fonts fonts;
    PdfOptions options;
    options.limits.pages_max = 1;
    const auto writer = PdfWriter::create(*fonts.library, options);
    ASSERT_TRUE(writer->add_page(a4_page()));
    const Result<void> second = writer->add_page(a4_page());
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, ErrorCode::LimitExceeded);
    EXPECT_NE(second.error().message.find("pages_max"), std::string::npos);
    options.limits = {10, 500};
    const auto small = PdfWriter::create(*fonts.library, options);
    const Result<void> large = small->add_page(text_page(*fonts.library, 1, 60));
    ASSERT_FALSE(large);
    EXPECT_NE(large.error().message.find("output_bytes_max"), std::string::npos);
}

TEST(PdfWriter, ARoundedShapeThatStandsInManyPlacesIsDrawnOnceAndNamed) {
    Fonts fonts;
    const auto px = [](int value) { return LayoutUnit::from_px(value); };
    const Size round{px(4), px(4)};
    std::vector<DisplayPage> pages(2);
    for (DisplayPage& page : pages) {
        page.size = {px(300), px(300)};
        for (int i = 0; i < 5; ++i)
            page.items.emplace_back(
                FillRect{{px(10), px(20 * i), px(50), px(10)}, Color{}, {round, round, round, round}});
        page.items.emplace_back(FillRect{{px(10), px(200), px(60), px(10)}, Color{}, {round, round, round, round}});
    }
    const std::string path = save(write(*fonts.library, pages), "shapes");
    const Ran text = run("qpdf --qdf --object-streams=disable " + path + " - | grep -a -c ' c$'");
    constexpr int kCurves = 4;  // of a shape: the narrow one once and as a form, the wide one likewise
    EXPECT_EQ(text.output, std::to_string(4 * kCurves) + "\n");
    EXPECT_EQ(run("qpdf --qdf --object-streams=disable " + path + " - | grep -a -c ' Do Q$'").output, "10\n");
}

TEST(PdfWriter, SameImageIsEmbeddedOnceAndABrokenOneIsAWarning) {
    Fonts fonts;
    DisplayPage page = a4_page();
    for (int i = 0; i < 3; ++i)
        page.items.emplace_back(DrawImage{*probe_image(SharedBytes(make_png(8, 8, 2, 8))), px_rect(i * 20, 0, 16, 16)});
    page.items.emplace_back(
        DrawImage{*probe_image(SharedBytes(make_png(8, 8, 6, 8).substr(0, 60))), px_rect(0, 40, 16, 16)});
    const auto writer = PdfWriter::create(*fonts.library, {});
    ASSERT_TRUE(writer->add_page(page));
    const Ran listed = run("pdfimages -list " + save(*writer->finish(), "images"));
    EXPECT_EQ(std::ranges::count(listed.output, '\n'), 2 + 3) << listed.output;  // three uses …
    EXPECT_EQ(run("qpdf --json --json-key=qpdf " + testing::TempDir() +
                  "galley_images.pdf | grep -c '\"/Subtype\": \"/Image\"'")
                  .output,
              "1\n");
    ASSERT_EQ(writer->warnings().size(), 1U);
}

TEST(PdfWriter, ThreadsShareTheSubsetCacheAndWriteEqualBytes) {
    Fonts fonts;
    std::vector<std::string> files(4);
    std::vector<std::thread> threads;
    for (std::string& file : files)
        threads.emplace_back([&] { file = write(*fonts.library, {text_page(*fonts.library, 1, 20)}); });
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(std::ranges::count(files, files[0]), 4);
}

}  // namespace
}  // namespace galley::document
