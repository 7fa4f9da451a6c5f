// fuzz/font.cpp — arbitrary bytes as the font of a document: unpacking, loading, shaping, embedding; no crash.
#include <cstddef>
#include <cstdint>

#include "document/document.h"

namespace {

class NoFonts final : public galley::document::FontSource {
 public:
    galley::Result<galley::Bytes> read(const std::string& path) const override {
        return galley::fail(galley::ErrorCode::NotFound, "no such font file", path);
    }
};

class OneFont final : public galley::document::ResourceLoader {
 public:
    explicit OneFont(std::string_view bytes) : bytes_(galley::Bytes(bytes)) {}
    galley::Result<galley::SharedBytes> load(std::string_view /*url*/) const override { return bytes_; }

 private:
    galley::SharedBytes bytes_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const NoFonts fonts;
    galley::document::Engine engine(fonts);
    const OneFont font({reinterpret_cast<const char*>(data), size});
    galley::document::RenderOptions options;
    options.loader = &font;
    options.base_url = "/";
    (void)engine.render_pdf(
        "<style>@font-face{font-family:f;src:url(f);font-weight:100 900}p{font:20px f;font-variation-settings:'wght' "
        "650}"
        "b{font-weight:650;font-variant:small-caps}</style><p>Text fi 123 \u0416 \u05d0 \U0001F600 <b>bold</b> "
        "<i>x</i>",
        options);
    return 0;
}
