// src/document/layout/visual_order.h — one line with right-to-left text: what stands where from left to right.
//
// Shape    open(), close() and add() in reading order, then reorder(); steps() tells to open and close inline boxes
//          around the leaves from left to right. A box whose leaves were torn apart is opened several times; `edge`
//          says whether its left (Open) or right (Close) border, padding and margin belong there.
// Owner    borrows the boxes; vectors are its own.
// Source   UAX #9 L1, L2; CSS 2.1 §8.6 (which part of a box has which edge).
#pragma once

#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

#include "document/box/box.h"

namespace galley::document {

inline constexpr std::uint32_t kHyphenLeaf = UINT32_MAX;

struct VisualLeaf {
    std::uint32_t item = 0;  // of the inline content; kHyphenLeaf: the hyphen at the line's end
    std::uint8_t level = 0;
    bool blank = false;
    const Box* parent = nullptr;  // the innermost inline box, or the container
};

struct VisualStep {
    enum class Kind : std::uint8_t { Open, Leaf, Close };
    Kind kind = Kind::Leaf;
    bool edge = false;
    const Box* box = nullptr;
    std::size_t leaf = 0;
};

class VisualLine {
 public:
    VisualLine(const Box& container, std::uint8_t base_level) : container_(container), base_level_(base_level) {}

    void open(const Box& box);
    // A box without a leaf on this line gets one: the item `index`, its Close.
    void close(std::uint32_t index, const Box& box);
    // `tab`: it and the blanks before it take the line's own level.
    void add(std::uint32_t index, std::uint8_t level, const Box& parent, bool blank, bool tab);
    void reorder();

    std::uint8_t base_level() const { return base_level_; }
    std::uint8_t last_level() const { return leaves_.empty() ? base_level_ : leaves_.back().level; }
    std::span<const VisualLeaf> leaves() const { return leaves_; }
    std::span<const VisualStep> steps() const { return steps_; }

 private:
    struct BoxFacts {
        bool starts = false, ends = false;  // on this line
        std::size_t first_open = 0, last_close = 0;
        bool seen = false;
    };
    struct OpenBox {
        const Box* box;
        std::size_t leaves;  // before it
    };

    void level_blanks();
    void make_steps();
    void mark_edges();

    const Box& container_;
    std::uint8_t base_level_;
    std::vector<VisualLeaf> leaves_;
    std::vector<OpenBox> open_;
    std::unordered_map<const Box*, BoxFacts> facts_;
    std::vector<VisualStep> steps_;
};

}  // namespace galley::document
