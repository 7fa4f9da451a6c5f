// fuzz/web_response.cpp — answers of servers elsewhere, whole and byte by byte: both ways must give the same, and what
// is packed must unpack within its bound or not at all.
//
// Shape    input = one byte that chooses where to cut and which coding the body has, then the bytes of one connection.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"
#include "codec/decompression.h"
#include "net/response_reader.h"

namespace {

using galley::net::ResponseReader;
using Step = ResponseReader::Step;

constexpr galley::net::ResponseLimits kLimits{
    .header_bytes_max = 2048, .header_fields_max = 16, .body_bytes_max = 4096};
constexpr std::uint64_t kUnpackedBytesMax = 65'536;

std::string story_of(ResponseReader& reader, galley::Bytes& body) {
    const Step step = reader.end();
    GALLEY_CHECK(step != Step::NeedMore);
    if (step == Step::Refused) return reader.error().to_string();
    body = reader.take_body();
    GALLEY_CHECK(body.size() <= kLimits.body_bytes_max);
    GALLEY_CHECK(reader.status() >= 200 && reader.status() <= 599);
    return std::to_string(reader.status()) + ' ' + std::string(reader.field("Content-Type")) + ' ' + body;
}

void check_unpacking(unsigned choice, std::string_view body) {
    const auto coding = galley::codec::kCodings[choice % galley::codec::kCodings.size()];
    const auto unpacked = galley::codec::decompress(coding, body, kUnpackedBytesMax);
    GALLEY_CHECK(!unpacked || unpacked->size() <= kUnpackedBytesMax);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const unsigned choice = data[0];
    const std::string_view wire(reinterpret_cast<const char*>(data) + 1, size - 1);
    ResponseReader cut(kLimits), slow(kLimits);
    const std::size_t at = wire.empty() ? 0 : choice % wire.size();
    cut.take(wire.substr(0, at));
    cut.take(wire.substr(at));
    for (const char& c : wire) slow.take({&c, 1});
    galley::Bytes body, other;
    GALLEY_CHECK(story_of(cut, body) == story_of(slow, other));
    check_unpacking(choice, body);
    return 0;
}
