// src/app/top_frame.h — what `galley top` shows: two snapshots as lines of text, or as JSON.
//
// Shape    top_frame() gives at most size.rows lines of at most size.columns characters; what does not fit is counted
//          in a last line of its table. Rates are between the two snapshots, "-" without an earlier one.
// Errors   none. Names come from others: what is not printable is shown as '?'.
// Threads  any; pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/top_snapshot.h"
#include "os/terminal.h"

namespace galley::app {

struct TopView {
    std::string url;
    std::string trouble;  // why the newest snapshot could not be had; "" when it could
    std::optional<TopSnapshot> before{};
    std::optional<TopSnapshot> now{};
};

std::vector<std::string> top_frame(const TopView& view, os::TerminalSize size);
std::string top_json(const TopView& view);

// Cut to so many characters, without control characters or bytes that are not UTF-8.
std::string printable(std::string_view text, std::size_t columns);

}  // namespace galley::app
