#include "os/file_watch.h"

#include <poll.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <map>

#include "os/descriptor.h"

namespace galley::os {

namespace {

constexpr std::uint32_t kEvents = IN_CLOSE_WRITE | IN_MOVED_TO | IN_CREATE | IN_DELETE;
// What belongs to one change (a file and its copy, a sheet and its page) is told together.
constexpr int kSettleMs = 30;

std::unexpected<Error> broken(const char* what) {
    return fail(ErrorCode::Unavailable, std::string(what) + ": " + std::strerror(errno));  // NOLINT: one thread
}

class Inotify final : public FileWatch {
 public:
    explicit Inotify(Descriptor descriptor) : descriptor_(std::move(descriptor)) {}

    Result<void> watch(const std::vector<std::string>& paths) override {
        paths_ = {paths.begin(), paths.end()};
        std::set<std::string> wanted;
        for (const std::string& path : paths_) wanted.insert(std::filesystem::path(path).parent_path().string());
        if (wanted.size() > kWatchedFoldersMax)
            return fail(ErrorCode::LimitExceeded, "files in more than 1000 folders cannot be watched");
        for (const std::string& folder : wanted) {
            const int number = ::inotify_add_watch(descriptor_.get(), folder.c_str(), kEvents);
            if (number < 0 && errno == ENOENT) continue;  // a resource whose folder is not there
            if (number < 0) return broken("a folder cannot be watched");
            folders_[number] = folder;
        }
        return {};
    }

    Result<std::set<std::string>> wait() override {
        std::set<std::string> changed;
        while (changed.empty()) {
            GALLEY_TRY_VOID(read_events(-1, changed));
        }
        while (true) {
            std::set<std::string> more;
            GALLEY_TRY(const bool any, read_events(kSettleMs, more));
            changed.merge(more);
            if (!any) return changed;
        }
    }

 private:
    // False when nothing came within the time; -1 waits for ever.
    Result<bool> read_events(int timeout_ms, std::set<std::string>& changed) {
        pollfd waiting{descriptor_.get(), POLLIN, 0};
        const int ready = ::poll(&waiting, 1, timeout_ms);
        if (ready < 0 && errno != EINTR) return broken("waiting for changes");
        if (ready <= 0) return false;
        alignas(inotify_event) char buffer[16 * 1024];
        const ssize_t count = ::read(descriptor_.get(), buffer, sizeof buffer);
        if (count < 0) return broken("reading changes");
        for (ssize_t at = 0; at < count;) {
            inotify_event event;  // NOLINT: filled by memcpy
            std::memcpy(&event, buffer + at, sizeof event);
            if (event.len > 0) note(event.wd, buffer + at + sizeof event, changed);
            at += static_cast<ssize_t>(sizeof event + event.len);
        }
        return true;
    }

    void note(int number, const char* name, std::set<std::string>& changed) const {
        const auto folder = folders_.find(number);
        if (folder == folders_.end()) return;
        const std::string path = (std::filesystem::path(folder->second) / name).string();
        if (paths_.contains(path)) changed.insert(path);
    }

    Descriptor descriptor_;
    std::map<int, std::string> folders_;
    std::set<std::string> paths_;
};

}  // namespace

Result<std::unique_ptr<FileWatch>> FileWatch::create() {
    Descriptor descriptor(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
    if (!descriptor) return broken("files cannot be watched");
    return std::unique_ptr<FileWatch>(new Inotify(std::move(descriptor)));
}

}  // namespace galley::os
