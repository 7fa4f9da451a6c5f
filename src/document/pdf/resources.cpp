#include "document/pdf/resources.h"

#include "document/pdf/number_text.h"

namespace galley::document {

std::string Resources::share(std::uint8_t alpha) {
    std::string text;
    append_scaled(text, (alpha * 1000 + 127) / 255, 3);
    return text;
}

std::string Resources::named(Names& names, const std::string& value, std::string_view prefix, bool as_object) {
    const auto [place, is_new] = names.try_emplace(value);
    if (is_new) {
        place->second.first = std::string(prefix) + std::to_string(names.size());
        place->second.second = as_object ? file_.add(value) : 0;
    }
    return place->second.first;
}

ObjectId Resources::add_group(std::string_view content, std::string_view box, std::string_view color_space) {
    std::string entries = "/Type/XObject/Subtype/Form/BBox[" + std::string(box) + "]/Group<</S/Transparency/CS/";
    entries += color_space;
    entries += ">>/Resources " + reference(id_);
    return file_.add_deflated(entries, content);
}

std::string Resources::luminosity_mask(std::string_view content, std::string_view box) {
    const ObjectId group_id = add_group(content, box, "DeviceGray");
    return state("/SMask<</S/Luminosity/G " + reference(group_id) + ">>");
}

std::string Resources::drawn_mask(std::string_view content, std::string_view box, MaskBy by) {
    const ObjectId group_id = add_group(content, box, "DeviceRGB");
    return state(std::string("/SMask<</S/") + (by == MaskBy::Alpha ? "Alpha" : "Luminosity") + "/G " +
                 reference(group_id) + ">>");
}

std::string Resources::form(std::string_view content, std::string_view box) {
    return image(file_.add_deflated(
        "/Type/XObject/Subtype/Form/BBox[" + std::string(box) + "]/Resources " + reference(id_), content));
}

std::string Resources::tiling_pattern(const std::string& entries, std::string_view content) {
    const ObjectId id = file_.add_deflated(entries + "/Resources " + reference(id_), content);
    const auto [place, is_new] = patterns_.try_emplace(reference(id));
    if (is_new) place->second = {"P" + std::to_string(patterns_.size()), id};
    return place->second.first;
}

std::string Resources::group(std::string_view content, std::string_view box) {
    return image(add_group(content, box, "DeviceRGB"));
}

std::string Resources::image(ObjectId id) {
    const auto [place, is_new] = objects_.try_emplace(reference(id));
    if (is_new) place->second = {"X" + std::to_string(objects_.size()), id};
    return place->second.first;
}

void Resources::append_names(std::string& out, std::string_view category, const Names& names) const {
    if (names.empty()) return;
    out += category;
    out += "<<";
    for (const auto& [value, entry] : names)
        out += '/' + entry.first + (entry.second != 0 ? ' ' + reference(entry.second) : value);
    out += ">>";
}

void Resources::write(std::string_view fonts) {
    std::string out = "<<";
    if (!fonts.empty()) out += "/Font<<" + std::string(fonts) + ">>";
    append_names(out, "/ExtGState", states_);
    append_names(out, "/Shading", shadings_);
    append_names(out, "/Pattern", patterns_);
    append_names(out, "/XObject", objects_);
    file_.put(id_, out + ">>");
}

}  // namespace galley::document
