// src/store/testing/durable_file.h — what a disk would still hold of one file if the power went now.
//
// Shape    note_…() follows every change of the real file; synced() makes all of it durable. after_power_cut() gives the
//          content that is left, or nothing when the file's name never became durable.
// Errors   none. Owner plain value. Threads: one at a time.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace galley::store::testing {

class DurableFile {
 public:
    void note_write(std::uint64_t at, std::string_view bytes) { unsynced_.push_back({at, std::string(bytes), false}); }
    void note_truncate(std::uint64_t size) { unsynced_.push_back({size, {}, true}); }
    void synced();
    // The file was deleted: durably, or so that a power cut brings it back.
    void deleted(bool durably);
    void folder_synced();  // makes a deletion durable
    // Takes a file that is on the disk already for durable.
    void adopt(std::string content);

    bool has_durable_name() const { return durable_.has_value() && !deleted_; }
    std::optional<std::string> after_power_cut() const;
    // Each unsynced change is kept or not by the next bit of a generator that begins with `seed`.
    std::optional<std::string> after_torn_power_cut(std::uint32_t seed) const;

 private:
    struct Change {
        std::uint64_t at;
        std::string bytes;
        bool truncates;
    };
    static void apply(std::string& content, const Change& change);

    std::optional<std::string> durable_;  // nothing: not even the name
    bool deleted_ = false;                // and nobody has synced the folder yet
    std::vector<Change> unsynced_;
};

}  // namespace galley::store::testing
