#include "document/style/layer_tree.h"

namespace galley::document {

std::uint32_t LayerTree::child(std::uint32_t parent, std::string_view name) {
    if (!name.empty())
        for (const std::uint32_t inner : layers_[parent].inner)
            if (layers_[inner].name == name) return inner;
    if (layers_.size() >= kLayersMax) return parent;
    const auto made = static_cast<std::uint32_t>(layers_.size());
    layers_.push_back({std::string(name), parent, {}});
    layers_[parent].inner.push_back(made);
    return made;
}

std::uint32_t LayerTree::layer(std::uint32_t parent, std::string_view name) {
    for (;;) {
        const std::size_t dot = name.find('.');
        parent = child(parent, name.substr(0, dot));
        if (dot == std::string_view::npos) return parent;
        name.remove_prefix(dot + 1);
    }
}

// Inner layers come before the one around them; every layer is made after its parent, so no recursion is needed.
std::vector<std::uint32_t> LayerTree::ranks() const {
    std::vector<std::uint32_t> sizes(layers_.size(), 1), ends(layers_.size(), 0);
    for (std::size_t i = layers_.size(); i-- > 1;) sizes[layers_[i].parent] += sizes[i];
    ends[0] = sizes[0];
    for (const Layer& outer : layers_) {
        const auto index = static_cast<std::size_t>(&outer - layers_.data());
        std::uint32_t at = ends[index] - sizes[index];
        for (const std::uint32_t inner : outer.inner) ends[inner] = at += sizes[inner];
    }
    for (std::uint32_t& end : ends) --end;
    return ends;
}

}  // namespace galley::document
