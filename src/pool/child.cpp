#include "pool/child.h"

#include <algorithm>
#include <array>

#include "os/child_process.h"
#include "pool/parent.h"

namespace galley::pool {
namespace {

constexpr std::uint64_t kAreaKeptBytes = 4u << 20;  // what a child keeps of its area between jobs
// The kernel needs microseconds to end a process that was killed; one that waits for a dead disk may never end.
constexpr Duration kDyingTimeMax = std::chrono::seconds(10);

}  // namespace

Result<std::shared_ptr<ParentHandle>> ParentHandle::start() {
    GALLEY_TRY(os::SpawnedProcess spawned, os::spawn_self(kParentArgument));
    return std::shared_ptr<ParentHandle>(new ParentHandle(std::move(spawned.channel), spawned.pid));
}

ParentHandle::~ParentHandle() {
    os::end_process(pid_);
}

// Nothing is ever sent on this channel, so what can be read is its end.
bool ParentHandle::has_ended() const {
    os::Packet packet;
    return os::receive_waiting_packet(channel_, packet) != os::Received::TimedOut;
}

Result<std::unique_ptr<Child>> Child::make(std::shared_ptr<ParentHandle> parent, std::uint32_t number,
                                           const PoolOptions& options) {
    GALLEY_TRY(os::ChannelPair pair, os::make_channel());
    ForkHead head;
    head.child = number;
    head.memory_bytes_max = options.memory_bytes_max;
    head.area_bytes = kAreaPayload + options.reply_bytes_max;
    GALLEY_TRY(os::SharedArea area, os::SharedArea::make(head.area_bytes));
    const int given[] = {pair.theirs.get(), area.descriptor()};
    GALLEY_TRY_VOID(parent->send(head_bytes(head), given));
    return std::unique_ptr<Child>(new Child(std::move(parent), number, std::move(pair.ours), std::move(area)));
}

// One that rests ends by its channel; one that works, or lies about its death, does not.
Child::~Child() {
    kill();
}

void Child::kill() const {
    KillHead head;
    head.child = number_;
    (void)parent_->send(head_bytes(head));
}

bool Child::is_usable() {
    for (;;) {
        const os::Received received = os::receive_waiting_packet(channel_, packet_);
        if (received == os::Received::TimedOut) return true;
        const auto ready = received == os::Received::Packet ? parse<ReadyHead>(packet_.bytes) : std::nullopt;
        if (!ready) return false;
        take_ready(ready->head);
    }
}

Child::Ended Child::run(const JobCall& call, MonotonicTime deadline, const os::Clock& clock,
                        const PoolOptions& options) {
    Ended ended;
    ++jobs_;
    (void)send_job(call, options);  // to one that is gone: its death waits on the channel
    std::optional<MonotonicTime> until = deadline;
    while (true) {
        const os::Received received = os::receive_packet(channel_, packet_, until);
        if (received == os::Received::Packet) {
            if (take(call, options, ended)) return ended;
            continue;
        }
        if (received != os::Received::TimedOut) return ended;
        if (ended.over_wall_time) return ended;
        ended.over_wall_time = true;
        kill();
        until = clock.monotonic() + kDyingTimeMax;
    }
}

Result<void> Child::send_job(const JobCall& call, const PoolOptions& options) {
    JobHead head;
    head.job = call.job;
    head.input_bytes = call.input.size();
    head.cpu_seconds_max = static_cast<std::uint64_t>(std::chrono::ceil<std::chrono::seconds>(call.limits.cpu).count());
    head.reply_bytes_max = options.reply_bytes_max;
    head.number = jobs_;
    head.in_area = call.input.size() > kInlineBytesMax;
    if (head.in_area == 0) return os::send_packet(channel_, pack(head, call.input));
    area_used_ = true;
    GALLEY_TRY_VOID(area_.write(kAreaPayload, call.input));
    return os::send_packet(channel_, head_bytes(head));
}

bool Child::take(const JobCall& call, const PoolOptions& options, Ended& ended) {
    const std::string_view bytes = packet_.bytes;
    if (const auto message = parse<ReplyHead>(bytes)) return take_reply(*message, options, ended);
    if (const auto message = parse<FaultHead>(bytes)) return take_fault(*message, options, ended);
    if (const auto message = parse<GoneHead>(bytes)) return take_gone(*message, options, ended);
    if (const auto message = parse<ReadyHead>(bytes)) {
        take_ready(message->head);
    } else if (const auto told = parse<ProgressHead>(bytes)) {
        take_progress(*told, call, ended);
    } else if (const auto asked = parse<OpenFileHead>(bytes)) {
        open_file(asked->tail, options.open_file);
    } else {
        ended.how = How::Nonsense;
        return true;
    }
    return false;
}

bool Child::take_gone(const Parsed<GoneHead>& message, const PoolOptions& options, Ended& ended) {
    const GoneHead& head = message.head;
    if (head.fork_error != 0) {
        ended.how = How::NotForked;
        ended.reply = fail(ErrorCode::Unavailable, "no child process: " + std::string(message.tail));
        return true;
    }
    ended.how = began_job() ? How::Died : How::NeverBegan;
    ended.gone.signal = head.signal;
    ended.gone.exit_status = head.exit_status;
    ended.gone.peak_memory_bytes = head.peak_memory_bytes;
    ended.gone.cpu = Duration(head.cpu_ms);
    ended.gone.near_memory_limit =
        options.memory_bytes_max != 0 && head.peak_memory_bytes > options.memory_bytes_max / 10 * 9;
    return true;
}

bool Child::take_reply(const Parsed<ReplyHead>& message, const PoolOptions& options, Ended& ended) {
    const ReplyHead& head = message.head;
    ended.how = How::Nonsense;
    if (head.bytes > options.reply_bytes_max) return true;
    if (head.in_area == 0 && message.tail.size() != head.bytes) return true;
    ended.how = How::Answered;
    peak_memory_bytes_ = std::max(peak_memory_bytes_, head.peak_memory_bytes);
    if (head.in_area == 0) {
        ended.reply = Bytes(message.tail);
    } else {
        ended.reply = area_.read(kAreaPayload, head.bytes);
        area_used_ = true;
    }
    if (area_used_) area_.forget(kAreaPayload + kAreaKeptBytes);
    return true;
}

bool Child::take_fault(const Parsed<FaultHead>& message, const PoolOptions& options, Ended& ended) {
    const FaultHead& head = message.head;
    ended.how = How::Nonsense;
    if (head.code >= kErrorCodeCount || head.message_bytes > message.tail.size()) return true;
    ended.how = How::Answered;
    ended.spent = head.memory != 0;
    Error error{static_cast<ErrorCode>(head.code),
                std::string(message.tail.substr(0, head.message_bytes)),
                std::string(message.tail.substr(head.message_bytes)),
                {}};
    if (head.memory != 0) {
        error.message = "out of memory: a child process may use " + std::to_string(options.memory_bytes_max >> 20) +
                        " MiB (tasks.child_memory_bytes_max)";
    }
    ended.reply = std::unexpected(std::move(error));
    return true;
}

void Child::take_ready(const ReadyHead& head) {
    os::SandboxReport report;
    report.system_calls_filtered = head.system_calls != 0;
    report.files_closed = head.files != 0;
    report.capabilities_dropped = head.capabilities != 0;
    report.memory_limited = head.memory != 0;
    not_enforced_ = report.missing();
}

void Child::take_progress(const Parsed<ProgressHead>& message, const JobCall& call, Ended& ended) {
    ended.gone.progress = static_cast<int>(std::min(message.head.percent, 100U));
    ended.gone.message = message.tail.substr(0, kTextBytesMax);
    if (call.on_progress && !ended.over_wall_time) call.on_progress(ended.gone.progress, ended.gone.message);
}

void Child::open_file(std::string_view path, const FileDoor& door) {
    FileHead head;
    Result<os::RegularFile> file = fail(ErrorCode::NotFound, "no files here");
    if (door) file = door(std::string(path.substr(0, kTextBytesMax)));
    if (!file) {
        (void)os::send_packet(channel_, head_bytes(head));
        return;
    }
    head.opened = 1;
    head.size_bytes = file->size_bytes;
    const int given[] = {file->descriptor.get()};
    (void)os::send_packet(channel_, head_bytes(head), given);
}

bool Child::began_job() const {
    const Result<Bytes> word = area_.read(kAreaStarted, sizeof jobs_);
    return !word || *word == head_bytes(jobs_);
}

}  // namespace galley::pool
