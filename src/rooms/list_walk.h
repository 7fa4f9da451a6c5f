// src/rooms/list_walk.h — where the next page of a list begins, when filters may leave out rows that were looked at.
//
// Shape    ListWalk walk(limit, rows_max); for each row, until is_full(): walk.saw(row's number, whether it is listed).
//          next() is the last row seen when more may follow, else absent.
// Threads  one.
// Source   R4.
#pragma once

#include <cstdint>
#include <optional>

namespace galley::rooms {

class ListWalk {
 public:
    ListWalk(int limit, int rows_max) : limit_(limit), rows_max_(rows_max) {}

    bool is_full() const { return listed_ == limit_; }
    void saw(std::int64_t number, bool listed) {
        last_ = number;
        ++rows_;
        if (listed) ++listed_;
    }
    std::optional<std::int64_t> next() const {
        return is_full() || rows_ == rows_max_ ? std::optional(last_) : std::nullopt;
    }

 private:
    int limit_;
    int rows_max_;
    int rows_ = 0;
    int listed_ = 0;
    std::int64_t last_ = 0;
};

}  // namespace galley::rooms
