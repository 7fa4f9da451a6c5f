#include "document/document_head.h"

#include <algorithm>

#include "document/box/generated_content.h"
#include "document/html/link_types.h"
#include "document/html/tags.h"
#include "document/pdf/attachments.h"
#include "document/pdf/metadata.h"

namespace galley::document {

namespace {

constexpr std::size_t kCustomMax = 1000;
constexpr std::size_t kAttachmentsMax = 1000;
constexpr std::size_t kUrlInWarningBytes = 200;

const Node* first_in_head(const Dom& dom) {
    return dom.head() != nullptr ? dom.head()->first_child : nullptr;
}

bool is_tag(const Node& node, Tag tag) {
    return node.tag_number == static_cast<std::uint8_t>(tag);
}

std::string_view attribute(const Node& node, std::string_view name) {
    const std::string_view* value = node.attribute(name);
    return value != nullptr ? *value : std::string_view();
}

std::string_view trimmed_text(std::string_view text) {
    constexpr std::string_view kSpace = " \t\n\f\r";
    const std::size_t first = text.find_first_not_of(kSpace);
    return first == text.npos ? text.substr(0, 0) : text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

// Collects what the head's elements say; what was given, or came first, stays.
class MetadataReader {
 public:
    MetadataReader(PdfMetadata& metadata, CustomMetadata custom, std::vector<std::string>& warnings)
        : metadata_(metadata),
          custom_(custom),
          warnings_(warnings),
          own_author_(metadata.author.empty()),
          own_keywords_(metadata.keywords.empty()) {}

    void read(const Node& node) {
        if (is_tag(node, Tag::k_title)) set(metadata_.title, element_text(node));
        if (!is_tag(node, Tag::k_meta)) return;
        std::string name(trimmed_text(attribute(node, "name")));
        std::ranges::transform(name, name.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? char(c + 32) : c; });
        const std::string content(attribute(node, "content"));
        if (name == "author") {
            if (own_author_) append(metadata_.author, content);
        } else if (name == "keywords") {
            if (own_keywords_) add_keywords(content);
        } else if (name == "description") {
            set(metadata_.subject, content);
        } else if (name == "generator") {
            set(metadata_.creator, content);
        } else if (name == "dcterms.created") {
            set_date(metadata_.creation_date, name, content);
        } else if (name == "dcterms.modified") {
            set_date(metadata_.modification_date, name, content);
        } else if (custom_ == CustomMetadata::Kept && !name.empty()) {
            add_custom(name, content);
        }
    }

 private:
    static void set(std::string& member, std::string value) {
        if (member.empty()) member = std::move(value);
    }
    static void append(std::string& list, std::string_view value) {
        if (value.empty()) return;
        if (!list.empty()) list += ", ";
        list += value;
    }

    // Each once.
    void add_keywords(std::string_view list) {
        for (std::size_t at = 0; at <= list.size();) {
            const std::size_t end = std::min(list.find(',', at), list.size());
            const std::string_view keyword = trimmed_text(list.substr(at, end - at));
            at = end + 1;
            if (std::ranges::find(keywords_, keyword) != keywords_.end() || keywords_.size() >= kCustomMax) continue;
            keywords_.emplace_back(keyword);
            append(metadata_.keywords, keyword);
        }
    }

    void set_date(std::string& member, const std::string& name, const std::string& text) {
        if (!member.empty()) return;
        member = trimmed_text(text);
        if (!pdf_date(member).empty()) return;
        warnings_.push_back("meta " + name + ": not a date: " + member.substr(0, kUrlInWarningBytes));
        member.clear();
    }

    void add_custom(const std::string& name, const std::string& content) {
        const bool known =
            std::ranges::any_of(metadata_.custom, [&name](const auto& entry) { return entry.first == name; });
        if (!known && metadata_.custom.size() < kCustomMax) metadata_.custom.emplace_back(name, content);
    }

    PdfMetadata& metadata_;
    const CustomMetadata custom_;
    std::vector<std::string>& warnings_;
    const bool own_author_, own_keywords_;
    std::vector<std::string> keywords_;
};

}  // namespace

PdfMetadata document_metadata(const Dom& dom, PdfMetadata given, CustomMetadata custom,
                              std::vector<std::string>& warnings) {
    if (given.language.empty() && dom.html() != nullptr) given.language = attribute(*dom.html(), "lang");
    MetadataReader reader(given, custom, warnings);
    for (const Node* node = first_in_head(dom); node != nullptr; node = node->next_sibling) reader.read(*node);
    return given;
}

std::string document_base(const Dom& dom, const std::string& given) {
    for (const Node* node = first_in_head(dom); node != nullptr; node = node->next_sibling)
        if (is_tag(*node, Tag::k_base) && node->attribute("href") != nullptr)
            return resolve_url(given, attribute(*node, "href"));
    return given;
}

std::vector<PdfAttachment> linked_attachments(const Dom& dom, const std::string& base_url, const ResourceLoader& loader,
                                              std::vector<std::string>& warnings) {
    std::vector<PdfAttachment> out;
    for (const Node* node = first_in_head(dom); node != nullptr; node = node->next_sibling) {
        if (!is_tag(*node, Tag::k_link) || !has_link_type(*node, "attachment")) continue;
        if (out.size() >= kAttachmentsMax) break;
        const std::string_view reference = trimmed_text(attribute(*node, "href"));
        if (reference.empty()) {
            warnings.emplace_back("link rel=attachment without href");
            continue;
        }
        const std::string url = resolve_url(base_url, reference);
        Result<SharedBytes> bytes = loader.load(url);
        if (bytes)
            out.push_back({attachment_name(url), std::move(*bytes), std::string(attribute(*node, "title"))});
        else
            warnings.push_back("attachment not loaded: " + url.substr(0, kUrlInWarningBytes) + ": " +
                               bytes.error().message);
    }
    return out;
}

}  // namespace galley::document
