// src/document/pdf/resources.h — the one resource dictionary that all pages and forms of a document share.
//
// Shape    alpha(a), shading(body), function(body), soft_mask(…), form(…), image name → resource names, of functions
//          references; equal requests give one object.
// Owner    borrows the file, into which objects go at once.
// Threads  one.
// Source   ISO 32000-1 §7.8.3, §8.4.5 (ExtGState), §11.4.7 (soft masks), §11.6.6 (transparency groups).
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "document/pdf/pdf_file.h"

namespace galley::document {

class Resources {
 public:
    explicit Resources(PdfFile& file) : file_(file), id_(file.reserve()) {}

    ObjectId id() const { return id_; }
    std::string alpha(std::uint8_t alpha) { return state("/ca " + share(alpha) + "/CA " + share(alpha)); }
    std::string blend(std::string_view mode) { return state("/BM/" + std::string(mode)); }
    std::string shading(const std::string& dictionary) { return named(shadings_, dictionary, "S", true); }
    // A reference to a function.
    std::string function(const std::string& dictionary) {
        named(functions_, dictionary, "F", true);
        return reference(functions_.at(dictionary).second);
    }
    // An ExtGState whose mask is the luminosity of `content` (drawn in the current user space).
    std::string luminosity_mask(std::string_view content, std::string_view box);
    // The same by luminosity or alpha of a drawing in colours.
    enum class MaskBy : std::uint8_t { Luminosity, Alpha };
    std::string drawn_mask(std::string_view content, std::string_view box, MaskBy by);
    // A form that is no group of its own: it draws as if its operators stood where it is named.
    std::string form(std::string_view content, std::string_view box);
    std::string pattern(const std::string& dictionary) { return named(patterns_, dictionary, "P", true); }
    // `entries` without /Resources.
    std::string tiling_pattern(const std::string& entries, std::string_view content);
    // A transparency group as a form XObject.
    std::string group(std::string_view content, std::string_view box);
    std::string image(ObjectId id);

    void write(std::string_view fonts);  // once, at the end

 private:
    using Names = std::map<std::string, std::pair<std::string, ObjectId>>;  // value → name, object

    static std::string share(std::uint8_t alpha);
    std::string state(const std::string& entries) { return named(states_, "<<" + entries + ">>", "A", false); }
    std::string named(Names& names, const std::string& value, std::string_view prefix, bool as_object);
    ObjectId add_group(std::string_view content, std::string_view box, std::string_view color_space);
    void append_names(std::string& out, std::string_view category, const Names& names) const;

    PdfFile& file_;
    ObjectId id_;
    Names states_, shadings_, patterns_, objects_, functions_;
};

}  // namespace galley::document
