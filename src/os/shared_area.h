// src/os/shared_area.h — memory that two processes share, for what is too large for a packet.
//
// Shape    make(size) in one process; its descriptor goes to the other, which opens it with open(). The size is fixed
//          and sealed. Pages are taken from the machine when they are first written.
// Errors   make: Unavailable. write, read: Corrupt when the range is not in the area; Unavailable.
// Owner    of the descriptor; a Window of its mapping.
// Threads  one at a time; what the other process does meanwhile is its own affair: read() copies out once.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/bytes.h"
#include "base/error.h"
#include "os/descriptor.h"

namespace galley::os {

class SharedArea {
 public:
    static Result<SharedArea> make(std::uint64_t size_bytes);
    static SharedArea open(Descriptor descriptor, std::uint64_t size_bytes) {
        return {std::move(descriptor), size_bytes};
    }

    int descriptor() const { return descriptor_.get(); }
    Result<void> write(std::uint64_t at, std::string_view bytes);
    Result<Bytes> read(std::uint64_t at, std::uint64_t size) const;
    // The same as write(), through a mapping: for a process whose limit on file sizes is 0.
    Result<void> write_mapped(std::uint64_t at, std::string_view bytes);
    // Gives the pages behind `from` back to the machine; they read as zeros.
    void forget(std::uint64_t from);

 private:
    SharedArea(Descriptor descriptor, std::uint64_t size_bytes)
        : descriptor_(std::move(descriptor)), size_bytes_(size_bytes) {}
    bool holds(std::uint64_t at, std::uint64_t size) const { return at <= size_bytes_ && size <= size_bytes_ - at; }

    Descriptor descriptor_;
    std::uint64_t size_bytes_;
};

}  // namespace galley::os
