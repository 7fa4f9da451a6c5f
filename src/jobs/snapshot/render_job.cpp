#include "jobs/snapshot/render_job.h"

#include <algorithm>
#include <cstring>

namespace galley::jobs {
namespace {

// At the end, so that the PDF need not be moved.
struct Trailer {
    std::uint64_t pdf_bytes = 0;
    std::uint32_t pages = 0;
    std::uint32_t warnings = 0;
};

template <typename T>
void append(Bytes& to, const T& value) {
    to.append(reinterpret_cast<const char*>(&value), sizeof value);
}

std::unexpected<Error> not_ours() {
    return fail(ErrorCode::Corrupt, "the child process answered what is no rendered document");
}

Result<std::vector<std::string>> decode_warnings(std::string_view from, std::uint32_t count) {
    std::vector<std::string> warnings;
    for (std::uint32_t i = 0; i < count; ++i) {
        std::uint32_t size = 0;
        if (from.size() < sizeof size) return not_ours();
        std::memcpy(&size, from.data(), sizeof size);
        from.remove_prefix(sizeof size);
        if (from.size() < size) return not_ours();
        warnings.emplace_back(from.substr(0, size));
        from.remove_prefix(size);
    }
    if (!from.empty()) return not_ours();
    return warnings;
}

}  // namespace

Bytes encode_rendered(document::Rendered rendered) {
    Bytes out = std::move(rendered.pdf);
    Trailer trailer;
    trailer.pdf_bytes = out.size();
    trailer.pages = static_cast<std::uint32_t>(rendered.page_count);
    trailer.warnings = static_cast<std::uint32_t>(std::min<std::size_t>(rendered.warnings.size(), kWarningsMax));
    for (std::uint32_t i = 0; i < trailer.warnings; ++i) {
        append(out, static_cast<std::uint32_t>(rendered.warnings[i].size()));
        out += rendered.warnings[i];
    }
    append(out, trailer);
    return out;
}

Result<document::Rendered> decode_rendered(Bytes bytes) {
    Trailer trailer;
    if (bytes.size() < sizeof trailer) return not_ours();
    const std::size_t body = bytes.size() - sizeof trailer;
    std::memcpy(&trailer, bytes.data() + body, sizeof trailer);
    if (trailer.pdf_bytes > body || trailer.warnings > kWarningsMax || trailer.pages > 10'000'000) return not_ours();
    document::Rendered rendered;
    rendered.page_count = static_cast<int>(trailer.pages);
    const std::string_view texts = std::string_view(bytes).substr(trailer.pdf_bytes, body - trailer.pdf_bytes);
    GALLEY_TRY(rendered.warnings, decode_warnings(texts, trailer.warnings));
    bytes.resize(trailer.pdf_bytes);
    rendered.pdf = std::move(bytes);
    return rendered;
}

}  // namespace galley::jobs
