#include "document/text/web_font.h"

#include <gtest/gtest.h>
#include <woff2/encode.h>

#include <string>
#include <vector>

#include "codec/deflate.h"
#include "document/text/shaper.h"
#include "document/text/testing/installed_fonts.h"

namespace galley::document {
namespace {

constexpr std::size_t kBytesMax = 64 * 1024 * 1024;

std::string installed_font() {
    const InstalledFonts source;
    return source.read("/usr/share/fonts/truetype/liberation/LiberationSans-Regular.ttf").value_or(Bytes());
}

std::uint32_t number(std::string_view bytes, std::size_t at, std::size_t size) {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < size; ++i) value = value << 8 | static_cast<unsigned char>(bytes[at + i]);
    return value;
}

void append(std::string& out, std::uint32_t value, std::size_t size) {
    for (std::size_t i = size; i > 0; --i) out += static_cast<char>(value >> (8 * (i - 1)) & 0xFF);
}

// https://www.w3.org/TR/WOFF/ — the other way round.
std::string to_woff(const std::string& font) {
    const std::size_t count = number(font, 4, 2);
    codec::DeflatePool pool;
    std::string directory, data;
    for (std::size_t i = 0; i < count; ++i) {
        const std::size_t entry = 12 + 16 * i;
        const std::string_view table =
            std::string_view(font).substr(number(font, entry + 8, 4), number(font, entry + 12, 4));
        std::string packed;
        pool.compress(table, 6, packed);
        if (packed.size() >= table.size()) packed = table;
        append(directory, number(font, entry, 4), 4);
        append(directory, static_cast<std::uint32_t>(44 + 20 * count + data.size()), 4);
        append(directory, static_cast<std::uint32_t>(packed.size()), 4);
        append(directory, static_cast<std::uint32_t>(table.size()), 4);
        append(directory, number(font, entry + 4, 4), 4);
        data += packed;
        data.resize((data.size() + 3) / 4 * 4);
    }
    std::string head = "wOFF" + font.substr(0, 4);
    append(head, static_cast<std::uint32_t>(44 + directory.size() + data.size()), 4);
    append(head, static_cast<std::uint32_t>(count), 2);
    head.resize(44);
    return head + directory + data;
}

std::string to_woff2(const std::string& font) {
    const auto* const data = reinterpret_cast<const std::uint8_t*>(font.data());
    std::string out(woff2::MaxWOFF2CompressedSize(data, font.size()), '\0');
    std::size_t size = out.size();
    if (!woff2::ConvertTTFToWOFF2(data, font.size(), reinterpret_cast<std::uint8_t*>(out.data()), &size)) return {};
    out.resize(size);
    return out;
}

class OneFile final : public ResourceLoader {
 public:
    explicit OneFile(std::string bytes) : bytes_(std::move(bytes)) {}
    Result<SharedBytes> load(std::string_view /*url*/) const override { return bytes_; }

 private:
    SharedBytes bytes_;
};

TEST(WebFont, PlainFontsStayAsTheyAre) {
    const SharedBytes font(installed_font());
    EXPECT_EQ(unpack_font(font, kBytesMax)->view(), font.view());
}

TEST(WebFont, WoffAndWoff2AreUsedAsTheFontInThem) {
    const std::string font = installed_font();
    for (const std::string& packed : {to_woff(font), to_woff2(font)}) {
        ASSERT_FALSE(packed.empty());
        ASSERT_LT(packed.size(), font.size());
        const InstalledFonts source;
        const auto library = FontLibrary::create(source);
        const OneFile loader(packed);
        FontFaceRule rule;
        rule.family = "Packed";
        rule.urls = {"packed"};
        const auto shaper = TextShaper::create(*library, {rule}, &loader);
        InheritedStyle style;
        style.font_families = {"Packed"};
        const Face& face = shaper->font(style).primary();
        EXPECT_EQ(face.postscript_name(), "LiberationSans");
        EXPECT_NE(face.glyph(U'g'), 0U);
        EXPECT_TRUE(shaper->warnings().empty());
    }
}

TEST(WebFont, CutAndChangedFilesAreErrors) {
    const std::string font = installed_font();
    for (const std::string& packed : {to_woff(font), to_woff2(font)}) {
        for (std::size_t size = 4; size < 400; size += 7)
            EXPECT_FALSE(unpack_font(SharedBytes(packed.substr(0, size)), kBytesMax)) << size;
        EXPECT_FALSE(unpack_font(SharedBytes(packed.substr(0, packed.size() / 2)), kBytesMax));
    }
}

TEST(WebFont, TheLimitHoldsForWhatIsUnpacked) {
    const std::string font = installed_font();
    for (const std::string& packed : {to_woff(font), to_woff2(font)}) {
        const auto result = unpack_font(SharedBytes(packed), font.size() / 2);
        ASSERT_FALSE(result);
        EXPECT_EQ(result.error().code, ErrorCode::LimitExceeded);
    }
}

}  // namespace
}  // namespace galley::document
