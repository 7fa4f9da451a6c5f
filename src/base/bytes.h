// src/base/bytes.h — byte buffers that pass between rooms.
//
// Shape    Bytes = owned, growing (std::string, so that views and literals just work). SharedBytes = immutable,
//          reference-counted, cheap to copy: what caches hand out and sockets write without copying.
// Threads  SharedBytes may be shared between threads; its content never changes.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace galley {

using Bytes = std::string;

class SharedBytes {
 public:
    SharedBytes() = default;
    explicit SharedBytes(Bytes bytes) : bytes_(std::make_shared<const Bytes>(std::move(bytes))) {}

    std::string_view view() const { return bytes_ ? std::string_view(*bytes_) : std::string_view(); }
    std::size_t size() const { return bytes_ ? bytes_->size() : 0; }
    bool empty() const { return size() == 0; }
    // How many SharedBytes refer to the same content (a hint: others may come and go at any time).
    std::size_t owners() const { return static_cast<std::size_t>(bytes_.use_count()); }
    // True when no other SharedBytes refers to the same content; a hint likewise.
    bool unique() const { return owners() <= 1; }

 private:
    std::shared_ptr<const Bytes> bytes_;
};

}  // namespace galley
