// fuzz/template.cpp — templates: the input is parsed and, when it parses, rendered over fixed data.
#include "template/template.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace {

constexpr std::string_view kData =
    R"({"a":{"b":{"c":[1,2.5,"x<y",null,true,[],{}]}},"s":"Öztürk_a","n":null,"i":-940000,"f":127850.4,"t":true,)"
    R"("l":[{"n":"a"},{"n":"b"}],"e":"","z":0,"big":1e300})";

const galley::codec::JsonDocument& data() {
    static const galley::codec::JsonDocument document = std::move(*galley::codec::JsonDocument::parse(kData));
    return document;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(bytes), size);
    const auto parsed = galley::templates::Template::parse(text);
    if (!parsed) {
        GALLEY_CHECK(parsed.error().code != galley::ErrorCode::Internal);
        return 0;
    }
    static_cast<void>(parsed->dump());
    static_cast<void>(parsed->render(data().root(), {.output_bytes_max = 1 << 16, .steps_max = 20'000}));
    return 0;
}
