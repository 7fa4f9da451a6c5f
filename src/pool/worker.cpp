#include "pool/worker.h"

#include <algorithm>
#include <new>

#include "os/files.h"

namespace galley::pool {
namespace {

std::string_view cut(std::string_view text) {
    return text.substr(0, kTextBytesMax);
}

class Worker final : public JobContext {
 public:
    Worker(os::Descriptor channel, os::SharedArea area, const JobTable& table)
        : channel_(std::move(channel)), area_(std::move(area)), table_(table) {}

    void say_ready(const os::SandboxReport& report) {
        ReadyHead head;
        head.system_calls = report.system_calls_filtered;
        head.files = report.files_closed;
        head.capabilities = report.capabilities_dropped;
        head.memory = report.memory_limited || !os::limits_can_be_set();
        (void)os::send_packet(channel_, head_bytes(head));
    }

    // False: the server wants no more of this child.
    bool serve_one() {
        os::Packet packet;
        if (os::receive_packet(channel_, packet) != os::Received::Packet) return false;
        const auto order = parse<JobHead>(packet.bytes);
        if (!order || order->head.job >= table_.jobs.size()) return false;
        return run(order->head, order->tail);
    }

    std::string_view input() const override { return input_; }

    void progress(int percent, std::string_view message) override {
        ProgressHead head;
        head.percent = static_cast<std::uint32_t>(std::clamp(percent, 0, 100));
        (void)os::send_packet(channel_, pack(head, cut(message)));
    }

    Result<Bytes> read_file(std::string_view path, std::uint64_t bytes_max) override {
        if (path.size() > kTextBytesMax) return fail(ErrorCode::NotFound, "the path is too long");
        GALLEY_TRY_VOID(os::send_packet(channel_, pack(OpenFileHead{}, path)));
        os::Packet packet;
        const os::Received received = os::receive_packet(channel_, packet);
        const auto file = parse<FileHead>(packet.bytes);
        if (received != os::Received::Packet || !file)
            return fail(ErrorCode::Unavailable, "the server does not answer");
        if (file->head.opened == 0 || packet.descriptors.size() != 1)
            return fail(ErrorCode::NotFound, "the server does not open " + std::string(path));
        if (file->head.size_bytes > bytes_max) return fail(ErrorCode::LimitExceeded, "a file that is too large");
        return os::read_at(packet.descriptors[0], 0, file->head.size_bytes);
    }

 private:
    bool run(const JobHead& head, std::string_view inlined) {
        if (!area_.write_mapped(kAreaStarted, head_bytes(head.number))) return false;
        os::allow_cpu_time(head.cpu_seconds_max);
        try {
            Bytes kept;
            input_ = inlined;
            if (head.in_area != 0) {
                Result<Bytes> copied = area_.read(kAreaPayload, head.input_bytes);
                if (!copied) return false;
                kept = std::move(*copied);
                input_ = kept;
            }
            return answer(table_.jobs[head.job](*this), head.reply_bytes_max);
        } catch (const std::bad_alloc&) {
            FaultHead fault;
            fault.code = static_cast<std::uint8_t>(ErrorCode::LimitExceeded);
            fault.memory = 1;
            (void)os::send_packet(channel_, head_bytes(fault));
            return false;  // what the job left half done is not worth a guess
        }
    }

    bool answer(const Result<Bytes>& result, std::uint64_t bytes_max) {
        if (!result) return refuse(result.error());
        if (result->size() > bytes_max)
            return refuse({ErrorCode::LimitExceeded,
                           "the result is larger than " + std::to_string(bytes_max) + " bytes",
                           {},
                           {}});
        ReplyHead head;
        head.bytes = result->size();
        head.peak_memory_bytes = os::peak_memory_bytes();
        head.in_area = result->size() > kInlineBytesMax;
        if (head.in_area != 0 && !area_.write_mapped(kAreaPayload, *result)) return false;
        return os::send_packet(channel_, pack(head, head.in_area != 0 ? std::string_view() : *result)).has_value();
    }

    bool refuse(const Error& error) {
        FaultHead head;
        head.code = static_cast<std::uint8_t>(error.code);
        const std::string_view message = cut(error.message);
        head.message_bytes = static_cast<std::uint16_t>(message.size());
        std::string packet = pack(head, message);
        packet += cut(error.where);
        return os::send_packet(channel_, packet).has_value();
    }

    os::Descriptor channel_;
    os::SharedArea area_;
    const JobTable& table_;
    std::string_view input_;
};

}  // namespace

void serve_jobs(os::Descriptor channel, os::SharedArea area, const os::Sandbox& sandbox,
                const os::SandboxLimits& limits, const JobTable& table) {
    Worker worker(std::move(channel), std::move(area), table);
    worker.say_ready(sandbox.enter(limits));
    while (worker.serve_one()) {
    }
}

}  // namespace galley::pool
