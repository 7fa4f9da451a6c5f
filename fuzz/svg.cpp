// fuzz/svg.cpp — any bytes are an SVG file: drawn in two sizes, written as a page, and the same bytes twice. Path data
// and transforms are read alone as well.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "document/document.h"
#include "document/svg/path.h"
#include "document/svg/values.h"
#include "document/text/testing/installed_fonts.h"

namespace {

// Every URL is the input itself, so that images within images are tried too.
class OneResource final : public galley::document::ResourceLoader {
 public:
    explicit OneResource(std::string_view bytes) : bytes_(galley::Bytes(bytes)) {}
    galley::Result<galley::SharedBytes> load(std::string_view /*url*/) const override { return bytes_; }

 private:
    galley::SharedBytes bytes_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace galley::document;
    constexpr std::size_t kInputBytesMax = 20'000;
    if (size > kInputBytesMax) return 0;
    static const galley::document::InstalledFonts fonts;
    static Engine engine(fonts);
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    const PathData path = parse_path_data(input);
    std::size_t points = 0;
    for (const PathVerb verb : path.verbs) points += verb == PathVerb::Cubic ? 3 : verb == PathVerb::Close ? 0 : 1;
    if (points != path.points.size() || (!path.verbs.empty() && path.verbs.front() != PathVerb::Move)) std::abort();
    PathData turned = path;
    turned.reverse();
    (void)read_transforms(input);
    const OneResource loader(input);
    RenderOptions options;
    options.loader = &loader;
    options.base_url = "file:///f/a.html";
    options.limits.pages_max = 20;
    const std::string html = "<img src=a.svg><div style='background:url(b.svg);width:50px;height:50px'></div>" +
                             std::string(input.find("<svg") != std::string_view::npos ? input : std::string_view());
    const auto first = engine.render_pdf(html, options);
    const auto second = engine.render_pdf(html, options);
    if (first.has_value() != second.has_value() || (first && first->pdf != second->pdf)) std::abort();
    return 0;
}
