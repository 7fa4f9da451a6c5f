// src/document/pdf/navigation.h — links, named places and the outline: collected page by page, written at the end,
// when all targets are known.
//
// Shape    add(index, page, object) notes what a page holds, in any order of pages and more than once a page;
//          annotations(page index) → /Annots entries; write() → catalog entries.
// Errors   none: a link to a name that nobody has becomes a warning.
// Units    input px from the page's top left corner, output points from its bottom left corner.
// Threads  one.
// Limits   kOutlineLevelMax levels; deeper bookmarks count as that deep.
// Source   ISO 32000-1 §12.3.2 (destinations), §12.3.3 (outline), §12.5.6.5 (links), §12.5.6.15
//          (attached files).
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "document/paint/display_list.h"
#include "document/pdf/attachments.h"
#include "document/pdf/pdf_file.h"

namespace galley::document {

class Navigation {
 public:
    // Relative addresses start from `base_url`. Those of links stay as they are when nobody else could follow them.
    explicit Navigation(std::string base_url) : base_url_(std::move(base_url)) {}
    void add(std::size_t index, const DisplayPage& page, ObjectId page_object);
    // The page's "/Annots[…]" or nothing; link targets may lie on any page. Call after the last add().
    std::string annotations(std::size_t page, PdfFile& file, Attachments& attachments,
                            std::vector<std::string>& warnings);
    // "/Outlines … /Names …" for the catalog; `more_names` are entries of the name dictionary.
    std::string write(PdfFile& file, const std::string& more_names);

 private:
    struct Place {
        std::size_t index = 0;
        ObjectId page = 0;
        std::string position;  // "/XYZ x y 0"
    };
    struct Page {
        LayoutUnit height;
        std::vector<Link> links;
    };
    struct Entry {
        int level = 1;
        std::string title;
        Place place;
        std::size_t order = 0;                                                // as it came
        std::size_t parent = 0, previous = 0, next = 0, first = 0, last = 0;  // indices into entries_, 0 = none
        std::size_t count = 0;  // of entries below that are shown when it is open
        bool open = true;
        ObjectId id = 0;
    };

    std::string action(const Link& link, std::vector<std::string>& warnings);
    std::string write_outline(PdfFile& file);
    std::string write_names(PdfFile& file, const std::string& more_names) const;
    std::string attachment(const Link& link, LayoutUnit page_height, PdfFile& file, Attachments& attachments,
                           std::vector<std::string>& warnings);
    std::string absolute(const std::string& target) const;
    void connect();

    const std::string base_url_;
    std::vector<Page> pages_;
    std::map<std::string, Place> anchors_;
    std::vector<Entry> entries_{1};  // entry 0 is the outline's root
    std::set<std::string> missing_;
};

}  // namespace galley::document
