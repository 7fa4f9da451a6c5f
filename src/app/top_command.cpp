#include "app/top_command.h"

#include <fmt/format.h>

#include <cstdio>

#include "app/commands.h"
#include "app/top_frame.h"
#include "os/clock.h"

namespace galley::app {

namespace {

constexpr os::TerminalSize kTextSize{.columns = 200, .rows = 200};

Duration pause_of(const TopCommand& command) {
    return std::chrono::duration_cast<Duration>(std::chrono::duration<double>(command.seconds));
}

// The newest snapshot, and the one before it. One that cannot be had leaves the view and says why.
Result<void> look(const TopCommand& command, TopView& view) {
    Result<TopSnapshot> fresh = take_top_snapshot(command.remote);
    view.trouble = fresh ? "" : fresh.error().to_string();
    if (!fresh) return std::unexpected(fresh.error());
    view.before = std::exchange(view.now, std::move(*fresh));
    return {};
}

void print(const TopView& view, bool as_json) {
    if (as_json) {
        fmt::print("{}\n", top_json(view));
    } else {
        for (const std::string& line : top_frame(view, kTextSize)) fmt::print("{}\n", line);
    }
    std::fflush(stdout);
}

// One after the other, until a signal or a reader that is gone. --once: the second only, which has rates.
int print_frames(const TopCommand& command, TopView& view) {
    for (bool first = true;; first = false) {
        if (const Result<void> seen = look(command, view); !seen) return report(seen.error());
        if (!first || !command.once) print(view, command.json);
        if (std::ferror(stdout) != 0 || (command.once && !first)) return 0;
        if (!os::wait_unless_stopped(pause_of(command))) return 0;
        if (!command.once && !command.json && !first) fmt::print("\n");
    }
}

int show_screen(const TopCommand& command, TopView& view, os::Terminal& terminal) {
    for (;;) {
        (void)look(command, view);  // what went wrong is on the screen
        const MonotonicTime next = os::system_clock().monotonic() + pause_of(command);
        for (;;) {
            terminal.draw(top_frame(view, terminal.size()));
            const auto left = std::chrono::ceil<Duration>(next - os::system_clock().monotonic());
            if (left <= Duration(0)) break;
            char key = 0;
            const os::TerminalEvent event = terminal.wait(left, key);
            if (event == os::TerminalEvent::Stop || (event == os::TerminalEvent::Key && (key == 'q' || key == 'Q')))
                return 0;
            if (event == os::TerminalEvent::TimeIsUp || (event == os::TerminalEvent::Key && key == ' ')) break;
        }
    }
}

}  // namespace

int top(const TopCommand& command) {
    TopView view{.url = command.remote.url, .trouble = {}};
    if (command.once || command.json) return print_frames(command, view);
    // A wrong token or address is said where it can be read, not on a screen that vanishes.
    if (const Result<void> seen = look(command, view); !seen) return report(seen.error());
    const Result<std::unique_ptr<os::Terminal>> terminal = os::Terminal::open();
    return terminal ? show_screen(command, view, **terminal) : print_frames(command, view);
}

}  // namespace galley::app
