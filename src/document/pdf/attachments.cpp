#include "document/pdf/attachments.h"

#include "codec/url.h"
#include "document/pdf/to_unicode.h"

namespace galley::document {

std::string attachment_name(std::string_view url) {
    constexpr const char* kNameless = "attachment.bin";
    if (url.starts_with("data:")) return kNameless;
    const std::string_view path = url.substr(0, url.find_first_of("?#"));
    const std::size_t authority = path.find("://");
    const std::size_t slash = path.rfind('/');
    if (authority != path.npos && slash == authority + 2) return kNameless;
    const std::string_view last = slash == path.npos ? path : path.substr(slash + 1);
    if (last.empty()) return kNameless;
    return codec::percent_decode(last).value_or(std::string(last));
}

ObjectId Attachments::embed(const PdfAttachment& attachment) {
    const std::string size = std::to_string(attachment.bytes.size());
    const ObjectId content =
        file_.add_deflated("/Type/EmbeddedFile/Params<</Size " + size + ">>", attachment.bytes.view());
    std::string value = "<</Type/Filespec/F" + text_string(attachment.name) + "/UF" + text_string(attachment.name);
    value += "/EF<</F " + reference(content) + ">>";
    if (!attachment.description.empty()) value += "/Desc" + text_string(attachment.description);
    return file_.add(value + ">>");
}

void Attachments::add(const PdfAttachment& attachment) {
    std::string name = attachment.name;
    for (int number = 2; listed_.contains(name); ++number) name = attachment.name + " (" + std::to_string(number) + ")";
    listed_.emplace(name, embed(attachment));
}

Result<ObjectId> Attachments::linked(const std::string& url) {
    if (const auto known = linked_.find(url); known != linked_.end()) return known->second;
    const auto load = [&]() -> Result<ObjectId> {
        if (loader_ == nullptr) return fail(ErrorCode::Forbidden, "no resources are allowed");
        GALLEY_TRY(SharedBytes bytes, loader_->load(url));
        return embed({attachment_name(url), std::move(bytes)});
    };
    return linked_.emplace(url, load()).first->second;
}

std::string Attachments::names() {
    if (listed_.empty()) return {};
    std::string entries;
    for (const auto& [name, specification] : listed_) entries += literal_string(name) + reference(specification);
    return "/EmbeddedFiles " + reference(file_.add("<</Names[" + entries + "]>>"));
}

}  // namespace galley::document
