// src/document/phase_watch.h — tells whoever measures a render what it is busy with.
//
// Shape    the engine calls enter(phase) at each change; layout, paint and write take turns page by page. The engine
//          has no clock: who watches brings one.
// Owner    borrowed for the render; null costs nothing.
// Threads  called by the render's thread.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace galley::document {

enum class WorkPhase : std::uint8_t { Parse, Style, Boxes, Layout, Paint, Write };

inline constexpr std::array<std::string_view, 6> kWorkPhaseNames{"parse", "style", "box", "layout", "paint", "write"};

class PhaseWatch {
 public:
    virtual ~PhaseWatch() = default;
    virtual void enter(WorkPhase phase) = 0;
};

inline void enter_phase(PhaseWatch* watch, WorkPhase phase) {
    if (watch != nullptr) watch->enter(phase);
}

}  // namespace galley::document
