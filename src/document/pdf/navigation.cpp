#include "document/pdf/navigation.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "document/pdf/number_text.h"
#include "document/pdf/to_unicode.h"

namespace galley::document {
namespace {

constexpr int kOutlineLevelMax = 64;
constexpr double kPointsPerPx = 0.75;

std::string points(LayoutUnit value) {
    std::string out;
    append_real(out, value.px() * kPointsPerPx, 2);
    return out;
}

std::string xyz(Point at, LayoutUnit page_height) {
    return "/XYZ " + points(at.x) + " " + points(page_height - at.y) + " 0";
}

std::string destination(ObjectId page, const std::string& position) {
    return "[" + reference(page) + position + "]";
}

bool is_ascii(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

// URIs are ASCII (ISO 32000-1 §12.6.4.7); anything else is percent-encoded.
std::string uri_string(std::string_view uri) {
    if (is_ascii(uri)) return literal_string(uri);
    constexpr char kHex[] = "0123456789ABCDEF";
    std::string out;
    for (const char c : uri) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x80)
            out += c;
        else
            out += {'%', kHex[byte >> 4], kHex[byte & 0xF]};
    }
    return literal_string(out);
}

}  // namespace

void Navigation::add(std::size_t index, const DisplayPage& page, ObjectId page_object) {
    if (index >= pages_.size()) pages_.resize(index + 1);
    pages_[index].height = page.size.height;
    std::ranges::copy(page.links, std::back_inserter(pages_[index].links));
    const auto place = [&](Point at) { return Place{index, page_object, xyz(at, page.size.height)}; };
    for (const Anchor& anchor : page.anchors) {  // the first in the document counts
        const auto [known, is_new] = anchors_.try_emplace(anchor.name);
        if (is_new || known->second.index > index) known->second = place(anchor.at);
    }
    for (const Bookmark& bookmark : page.bookmarks) {
        Entry entry;
        entry.level = std::clamp(bookmark.level, 1, kOutlineLevelMax);
        entry.title = bookmark.title;
        entry.place = place(bookmark.at);
        entry.order = entries_.size();
        entry.open = bookmark.open;
        entries_.push_back(std::move(entry));
    }
}

std::string Navigation::action(const Link& link, std::vector<std::string>& warnings) {
    if (!link.target.starts_with('#')) return "/A<</S/URI/URI" + uri_string(link.target) + ">>";
    const std::string name = link.target.substr(1);
    const auto found = anchors_.find(name);
    if (found != anchors_.end()) return "/Dest" + destination(found->second.page, found->second.position);
    if (missing_.insert(name).second) warnings.push_back("no element has the id \"" + name + "\" that a link names");
    return {};
}

std::string Navigation::annotations(std::size_t page, PdfFile& file, std::vector<std::string>& warnings) {
    std::string out;
    for (const Link& link : pages_[page].links) {
        const std::string target = action(link, warnings);
        if (target.empty() || link.rect.empty()) continue;
        const LayoutUnit height = pages_[page].height;
        const ObjectId id = file.add("<</Type/Annot/Subtype/Link/Border[0 0 0]/Rect[" + points(link.rect.x) + " " +
                                     points(height - link.rect.bottom()) + " " + points(link.rect.right()) + " " +
                                     points(height - link.rect.y) + "]" + target + ">>");
        out += (out.empty() ? "/Annots[" : " ") + reference(id);
    }
    return out.empty() ? out : out + "]";
}

// A bookmark hangs under the nearest earlier one of a lower level.
void Navigation::connect() {
    std::vector<std::size_t> path{0};
    for (std::size_t i = 1; i < entries_.size(); ++i) {
        while (path.size() > 1 && entries_[path.back()].level >= entries_[i].level) path.pop_back();
        Entry& parent = entries_[path.back()];
        entries_[i].parent = path.back();
        entries_[i].previous = parent.last;
        if (parent.last != 0) entries_[parent.last].next = i;
        if (parent.first == 0) parent.first = i;
        parent.last = i;
        for (auto ancestor = path.rbegin(); ancestor != path.rend(); ++ancestor) {
            ++entries_[*ancestor].count;
            if (!entries_[*ancestor].open) break;  // what is closed shows nothing above it
        }
        path.push_back(i);
    }
}

std::string Navigation::write_outline(PdfFile& file) {
    if (entries_.size() == 1) return {};
    std::ranges::sort(entries_.begin() + 1, entries_.end(), {},
                      [](const Entry& entry) { return std::pair(entry.place.index, entry.order); });
    connect();
    for (Entry& entry : entries_) entry.id = file.reserve();
    const auto link = [&](const char* key, std::size_t entry) {
        return entry == 0 ? std::string() : key + reference(entries_[entry].id);
    };
    for (std::size_t i = 0; i < entries_.size(); ++i) {
        const Entry& entry = entries_[i];
        std::string value = i == 0 ? "<</Type/Outlines" : "<</Title" + text_string(entry.title);
        if (i != 0)
            value += "/Parent " + reference(entries_[entry.parent].id) + "/Dest" +
                     destination(entry.place.page, entry.place.position);
        value += link("/Prev ", entry.previous) + link("/Next ", entry.next) + link("/First ", entry.first) +
                 link("/Last ", entry.last);
        if (entry.count != 0) value += (entry.open ? "/Count " : "/Count -") + std::to_string(entry.count);
        file.put(entry.id, value + ">>");
    }
    return "/Outlines " + reference(entries_[0].id);
}

// One leaf of the name tree is enough for a viewer; names must ascend by their bytes.
std::string Navigation::write_names(PdfFile& file) const {
    if (anchors_.empty()) return {};
    std::string names;
    for (const auto& [name, place] : anchors_) names += literal_string(name) + destination(place.page, place.position);
    const ObjectId tree = file.add("<</Names[" + names + "]>>");
    return "/Names<</Dests " + reference(tree) + ">>";
}

std::string Navigation::write(PdfFile& file) {
    return write_outline(file) + write_names(file);
}

}  // namespace galley::document
