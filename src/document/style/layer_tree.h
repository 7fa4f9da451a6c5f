// src/document/style/layer_tree.h — the cascade layers of a document and their order.
//
// Shape    layer(parent, "a.b") finds or makes a layer below another; ranks() numbers all of them, weakest first.
//          Layer 0 is what stands in no layer: the strongest. A layer's own rules are stronger than those of its inner
//          layers.
// Threads  one.
// Limits   kLayersMax layers; further names give the parent.
// Source   CSS Cascade 5 §6.4.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace galley::document {

class LayerTree {
 public:
    static constexpr std::size_t kLayersMax = 4096;
    static constexpr std::uint32_t kNone = 0;

    // "" makes a new layer without a name.
    std::uint32_t layer(std::uint32_t parent, std::string_view name);
    std::vector<std::uint32_t> ranks() const;  // by layer
    bool used() const { return layers_.size() > 1; }

 private:
    struct Layer {
        std::string name;
        std::uint32_t parent = kNone;
        std::vector<std::uint32_t> inner;  // in order of appearance
    };
    std::uint32_t child(std::uint32_t parent, std::string_view name);

    std::vector<Layer> layers_{1};
};

}  // namespace galley::document
