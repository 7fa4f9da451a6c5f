// src/os/descriptor.h — a file descriptor that closes itself.
//
// Owner    of the descriptor; moved from, it is empty.
// Threads  one at a time.
#pragma once

#include <utility>

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

}  // namespace galley::os
