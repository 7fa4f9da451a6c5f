// fuzz/order.cpp — kept orders of documents, and what child processes answer: nothing is read beyond its end, and what
// was read is written the same.
//
// Shape    input = 'o' and an order, or anything else and a reply.
#include "jobs/render/order.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/error.h"
#include "jobs/render/made_document.h"

namespace {

using namespace galley::jobs;

void check_order(std::string_view bytes) {
    const auto order = decode_order(bytes);
    if (!order) return;
    const galley::Bytes again = encode_order(*order);
    const auto twice = decode_order(again);
    GALLEY_CHECK(twice.has_value());
    GALLEY_CHECK(encode_order(*twice) == again);
}

void check_reply(std::string_view bytes) {
    const auto made = decode_made(galley::Bytes(bytes));
    if (!made) {
        GALLEY_CHECK(made.error().code == galley::ErrorCode::Corrupt);
        return;
    }
    GALLEY_CHECK(made->pdf.size() <= bytes.size());
    const auto again = parse_report(report_json(made->report));
    GALLEY_CHECK(again.has_value());
    GALLEY_CHECK(report_json(*again) == report_json(made->report));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    if (input.starts_with('o'))
        check_order(input.substr(1));
    else
        check_reply(input);
    return 0;
}
