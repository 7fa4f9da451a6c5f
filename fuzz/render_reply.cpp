// What a child process that was taken over may answer: packets and rendered documents.
#include <cstddef>
#include <cstdint>

#include "jobs/snapshot/render_job.h"
#include "pool/wire.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    if (const auto fault = galley::pool::parse<galley::pool::FaultHead>(bytes))
        (void)fault->tail.substr(0, fault->head.message_bytes);
    (void)galley::pool::parse<galley::pool::ReplyHead>(bytes);
    (void)galley::pool::parse<galley::pool::GoneHead>(bytes);
    const auto rendered = galley::jobs::decode_rendered(galley::Bytes(bytes));
    if (rendered && rendered->pdf.size() > size) __builtin_trap();
    return 0;
}
