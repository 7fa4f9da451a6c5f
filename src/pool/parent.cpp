#include "pool/parent.h"

#include <map>

#include "os/child_process.h"
#include "os/sandbox.h"
#include "pool/worker.h"

namespace galley::pool {
namespace {

class Parent {
 public:
    Parent(os::Descriptor control, const JobTable& table)
        : control_(std::move(control)), table_(table), sandbox_(os::Sandbox::prepare()) {}

    void serve() {
        for (;;) {
            const os::Readable readable = os::wait_readable(control_, ends_.descriptor());
            while (const auto end = ends_.next()) tell(*end);
            if (readable.first && !obey()) break;
        }
        for (const auto& [pid, child] : children_) os::kill_child(pid);
        for (std::size_t left = children_.size(); left > 0; --left) (void)ends_.wait();
    }

 private:
    struct Child {
        std::uint32_t number;
        os::Descriptor channel;  // the child's end, on which its death is told
    };

    // False: the server is gone.
    bool obey() {
        os::Packet packet;
        const os::Received received = os::receive_packet(control_, packet);
        if (received == os::Received::Closed) return false;
        if (const auto order = parse<KillHead>(packet.bytes)) kill(order->head.child);
        const auto order = parse<ForkHead>(packet.bytes);
        if (order && packet.descriptors.size() == 2)
            fork(order->head, std::move(packet.descriptors[0]), std::move(packet.descriptors[1]));
        return true;
    }

    void fork(const ForkHead& head, os::Descriptor channel, os::Descriptor area) {
        if (children_.size() >= kChildrenMax) return refuse(channel, "too many children");
        const Result<int> pid = os::fork_child([&] {
            const int kept[] = {channel.get(), area.get()};
            os::keep_descriptors(kept);
            os::set_process_name("galley-child");
            serve_jobs(os::Descriptor(3), os::SharedArea::open(os::Descriptor(4), head.area_bytes), sandbox_,
                       {.memory_bytes_max = head.memory_bytes_max}, table_);
            os::end_this_process(0);  // the descriptors named here are closed, or are others by now
        });
        if (!pid) return refuse(channel, pid.error().message);
        children_.emplace(*pid, Child{head.child, std::move(channel)});
    }

    static void refuse(const os::Descriptor& channel, std::string_view why) {
        GoneHead head;
        head.fork_error = 1;
        (void)os::send_packet(channel, pack(head, why));
    }

    void kill(std::uint32_t number) const {
        for (const auto& [pid, child] : children_)
            if (child.number == number) os::kill_child(pid);
    }

    void tell(const os::ChildEnd& end) {
        const auto child = children_.find(end.pid);
        if (child == children_.end()) return;
        GoneHead head;
        head.signal = end.signal;
        head.exit_status = end.exit_status;
        head.peak_memory_bytes = end.peak_memory_bytes;
        head.cpu_ms = end.cpu.count();
        (void)os::send_packet(child->second.channel, head_bytes(head));
        children_.erase(child);
    }

    os::Descriptor control_;
    const JobTable& table_;
    os::Sandbox sandbox_;
    os::ChildEnds ends_;
    std::map<int, Child> children_;  // by process number
};

}  // namespace

int run_parent(const JobTable& table) {
    os::Descriptor control = os::inherited_channel();
    if (!control) return 1;
    os::set_process_name("galley-pool");
    table.warm_up();
    if (os::limits_can_be_set()) GALLEY_CHECK(os::thread_count() == 1);  // sanitizers have threads of their own
    Parent(std::move(control), table).serve();
    return 0;
}

}  // namespace galley::pool
