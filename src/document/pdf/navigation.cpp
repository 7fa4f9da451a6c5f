#include "document/pdf/navigation.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "document/pdf/number_text.h"
#include "document/pdf/to_unicode.h"

namespace galley::document {
namespace {

constexpr int kOutlineLevelMax = 64;
constexpr std::size_t kUrlInWarningBytes = 200;
constexpr double kPointsPerPx = 0.75;

std::string points(LayoutUnit value) {
    std::string out;
    append_real(out, value.px() * kPointsPerPx, 2);
    return out;
}

std::string xyz(Point at, LayoutUnit page_height) {
    return "/XYZ " + points(at.x) + " " + points(page_height - at.y) + " 0";
}

std::string rectangle(Rect rect, LayoutUnit page_height) {
    return "[" + points(rect.x) + " " + points(page_height - rect.bottom()) + " " + points(rect.right()) + " " +
           points(page_height - rect.y) + "]";
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
    if (!link.target.starts_with('#')) return "/A<</S/URI/URI" + uri_string(absolute(link.target)) + ">>";
    const std::string name = link.target.substr(1);
    const auto found = anchors_.find(name);
    if (found != anchors_.end()) return "/Dest" + destination(found->second.page, found->second.position);
    if (missing_.insert(name).second) warnings.push_back("no element has the id \"" + name + "\" that a link names");
    return {};
}

std::string Navigation::absolute(const std::string& target) const {
    const bool leads_somewhere =
        base_url_.starts_with("http://") || base_url_.starts_with("https://") || base_url_.starts_with("file://");
    return leads_somewhere ? resolve_url(base_url_, target) : target;
}

// A place on the page that opens the file; what it looks like is the page's matter.
std::string Navigation::attachment(const Link& link, LayoutUnit page_height, PdfFile& file, Attachments& attachments,
                                   std::vector<std::string>& warnings) {
    const std::string url = resolve_url(base_url_, link.target);
    const Result<ObjectId> specification = attachments.linked(url);
    if (!specification) {
        if (missing_.insert(url).second)
            warnings.push_back("attachment not loaded: " + url.substr(0, kUrlInWarningBytes) + ": " +
                               specification.error().message);
        return {};
    }
    const std::string box = rectangle(link.rect, page_height);
    const ObjectId look = file.add_stream("/Type/XObject/Subtype/Form/BBox" + box, "");
    return "<</Type/Annot/Subtype/FileAttachment/Rect" + box + "/FS " + reference(*specification) + "/AP<</N " +
           reference(look) + ">>/AS/N>>";
}

std::string Navigation::annotations(std::size_t page, PdfFile& file, Attachments& attachments,
                                    std::vector<std::string>& warnings) {
    std::string out;
    for (const Link& link : pages_[page].links) {
        if (link.rect.empty()) continue;
        const LayoutUnit height = pages_[page].height;
        std::string value;
        if (link.attachment) {
            value = attachment(link, height, file, attachments, warnings);
        } else if (const std::string target = action(link, warnings); !target.empty()) {
            value = "<</Type/Annot/Subtype/Link/Border[0 0 0]/Rect" + rectangle(link.rect, height) + target + ">>";
        }
        if (value.empty()) continue;
        out += (out.empty() ? "/Annots[" : " ") + reference(file.add(value));
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
std::string Navigation::write_names(PdfFile& file, const std::string& more_names) const {
    if (anchors_.empty()) return more_names.empty() ? std::string() : "/Names<<" + more_names + ">>";
    std::string names;
    for (const auto& [name, place] : anchors_) names += literal_string(name) + destination(place.page, place.position);
    const ObjectId tree = file.add("<</Names[" + names + "]>>");
    return "/Names<</Dests " + reference(tree) + more_names + ">>";
}

std::string Navigation::write(PdfFile& file, const std::string& more_names) {
    return write_outline(file) + write_names(file, more_names);
}

}  // namespace galley::document
