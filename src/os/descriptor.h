// src/os/descriptor.h — a file descriptor that closes itself, and reading through one.
//
// Errors   open_regular_file: NotFound; Forbidden (a device, pipe, folder …: opening those may wait or do something);
//          Unavailable. read_at: Unavailable, also when the file ends before.
// Owner    of the descriptor; moved from, it is empty.
// Threads  one at a time.
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "base/bytes.h"
#include "base/error.h"

namespace galley::os {

class Descriptor {
 public:
    Descriptor() = default;
    explicit Descriptor(int number) : number_(number) {}
    Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    Descriptor& operator=(Descriptor&& other) noexcept {
        std::swap(number_, other.number_);
        return *this;
    }
    ~Descriptor() { reset(); }

    int get() const { return number_; }
    explicit operator bool() const { return number_ >= 0; }
    int release() { return std::exchange(number_, -1); }
    void reset();

 private:
    int number_ = -1;
};

struct RegularFile {
    Descriptor descriptor;
    std::uint64_t size_bytes = 0;
};
Result<RegularFile> open_regular_file(const std::string& path);
Result<Bytes> read_at(const Descriptor& file, std::uint64_t at, std::uint64_t size);

}  // namespace galley::os
