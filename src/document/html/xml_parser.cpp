#include "document/html/xml_parser.h"

#include <algorithm>
#include <charconv>
#include <string>
#include <vector>

#include "codec/url.h"
#include "document/html/dom_builder.h"

namespace galley::document {

namespace {

constexpr std::string_view kSvgNamespace = "http://www.w3.org/2000/svg";
constexpr std::size_t kNone = std::string_view::npos;

bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

void append_character(std::string& out, std::uint32_t c) {
    if (c == 0 || c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF)) c = 0xFFFD;
    if (c < 0x80) {
        out += static_cast<char>(c);
        return;
    }
    const int more = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
    constexpr unsigned kLead[] = {0, 0xC0, 0xE0, 0xF0};
    out += static_cast<char>(kLead[more] | c >> (6 * more));
    for (int i = more - 1; i >= 0; --i) out += static_cast<char>(0x80 | (c >> (6 * i) & 0x3F));
}

// "amp", "#38", "#x26" → appends what it stands for. False: not known.
bool append_reference(std::string& out, std::string_view name) {
    struct Entity {
        std::string_view name;
        char character;
    };
    constexpr Entity kEntities[] = {{"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"quot", '"'}, {"apos", '\''}};
    for (const Entity& entity : kEntities)
        if (entity.name == name) {
            out += entity.character;
            return true;
        }
    if (!name.starts_with('#')) return false;
    name.remove_prefix(1);
    const bool hex = name.starts_with('x');
    if (hex) name.remove_prefix(1);
    std::uint32_t value = 0;
    const auto parsed = std::from_chars(name.data(), name.data() + name.size(), value, hex ? 16 : 10);
    if (name.empty() || parsed.ptr != name.data() + name.size()) return false;
    append_character(out, parsed.ec == std::errc() ? value : 0xFFFD);
    return true;
}

class XmlParser {
 public:
    XmlParser(Dom& dom, std::string_view text, const ParseLimits& limits)
        : limits_(limits), builder_(dom, limits), text_(builder_.set_source(std::string(text))) {
        open_.push_back({&builder_.document(), {}});
    }

    Result<void> run() {
        while (at_ < text_.size() && !builder_.full()) step();
        if (builder_.full())
            return fail(ErrorCode::LimitExceeded,
                        "the XML has more than " + std::to_string(limits_.nodes_max) + " nodes");
        const bool any = has_root_;
        builder_.finish(nullptr, nullptr, nullptr);
        if (!any) return fail(ErrorCode::InvalidInput, "the XML has no element");
        return {};
    }

 private:
    struct Open {
        Node* node;
        std::string_view name;  // with its prefix
    };

    bool starts(std::string_view what) const { return text_.substr(at_).starts_with(what); }
    void skip_past(std::string_view end) {
        const std::size_t found = text_.find(end, at_);
        at_ = found == kNone ? text_.size() : found + end.size();
    }
    void skip_space() {
        while (at_ < text_.size() && is_space(text_[at_])) ++at_;
    }

    void step() {
        if (text_[at_] != '<') return read_text();
        if (starts("<!--")) return skip_past("-->");
        if (starts("<![CDATA[")) return read_cdata();
        if (starts("<?")) return skip_past("?>");
        if (starts("<!")) return skip_declaration();
        if (starts("</")) return read_end_tag();
        read_start_tag();
    }

    void add_text(std::string_view text) {
        if (open_.size() > 1 && skipped_ == 0) builder_.insert_text({open_.back().node, nullptr}, text);
    }

    void read_text() {
        const std::size_t end = std::min(text_.find('<', at_), text_.size());
        add_text(decoded(text_.substr(at_, end - at_)));
        at_ = end;
    }

    void read_cdata() {
        const std::size_t begin = at_ + std::string_view("<![CDATA[").size();
        skip_past("]]>");
        const std::size_t end = text_.substr(begin, at_ - begin).ends_with("]]>") ? at_ - 3 : at_;
        add_text(text_.substr(begin, end - begin));
    }

    // <!DOCTYPE … [ … ]>: to the end of its brackets; nothing in it is read.
    void skip_declaration() {
        bool inside = false;
        for (char quote = '\0'; at_ < text_.size(); ++at_) {
            const char c = text_[at_];
            if (quote != '\0') {
                if (c == quote) quote = '\0';
            } else if (starts("<!--")) {
                skip_past("-->");
                --at_;
            } else if (c == '"' || c == '\'') {
                quote = c;
            } else if (c == '[' || c == ']') {
                inside = c == '[';
            } else if (c == '>' && !inside) {
                ++at_;
                return;
            }
        }
    }

    std::string_view read_name() {
        const std::size_t begin = at_;
        while (at_ < text_.size() && !is_space(text_[at_]) && text_[at_] != '/' && text_[at_] != '>' &&
               text_[at_] != '=' && text_[at_] != '<')
            ++at_;
        return text_.substr(begin, at_ - begin);
    }

    std::string_view decoded(std::string_view raw) {
        if (raw.find_first_of("&\r") == kNone) return raw;
        scratch_.clear();
        for (std::size_t i = 0; i < raw.size(); ++i) {
            const std::size_t end = raw[i] == '&' ? raw.find(';', i) : kNone;
            if (end != kNone && end - i <= 12 && append_reference(scratch_, raw.substr(i + 1, end - i - 1))) {
                i = end;
            } else if (raw[i] == '\r') {
                if (i + 1 >= raw.size() || raw[i + 1] != '\n') scratch_ += '\n';
            } else {
                scratch_ += raw[i];
            }
        }
        return builder_.copy(scratch_);
    }

    void read_attribute() {
        const std::string_view name = read_name();
        skip_space();
        if (at_ >= text_.size() || text_[at_] != '=') return;
        ++at_;
        skip_space();
        const char quote = at_ < text_.size() ? text_[at_] : '\0';
        if (quote != '"' && quote != '\'') {
            read_name();  // without quotes: not XML, and dropped
            return;
        }
        const std::size_t begin = ++at_;
        at_ = std::min(text_.find(quote, at_), text_.size());
        const std::string_view value = decoded(text_.substr(begin, at_ - begin));
        if (at_ < text_.size()) ++at_;
        const bool known = std::ranges::any_of(attributes_, [&](const Attribute& a) { return a.name == name; });
        if (name.empty() || known || attributes_.size() >= limits_.attributes_max) return;
        if (name.starts_with("xmlns:") && value == kSvgNamespace) svg_prefix_ = name.substr(6);
        attributes_.push_back({builder_.intern(name), value});
    }

    void read_start_tag() {
        ++at_;
        const std::string_view name = read_name();
        if (name.empty()) return add_text("<");
        attributes_.clear();
        bool empty = false;
        for (skip_space(); at_ < text_.size() && text_[at_] != '>' && text_[at_] != '<'; skip_space()) {
            const std::size_t before = at_;
            empty = text_[at_] == '/';
            if (empty)
                ++at_;
            else
                read_attribute();
            if (at_ == before) ++at_;
        }
        if (at_ < text_.size() && text_[at_] == '>') ++at_;
        if (skipped_ > 0 || open_.size() > limits_.depth_max) {
            if (!empty) ++skipped_;
            return;
        }
        if (open_.size() == 1 && std::exchange(has_root_, true)) {
            if (!empty) ++skipped_;  // only one root
            return;
        }
        Node& node = builder_.make_foreign(local_name(name), attributes_);
        builder_.insert({open_.back().node, nullptr}, node);
        if (!empty) open_.push_back({&node, name});
    }

    std::string_view local_name(std::string_view name) const {
        const std::size_t colon = name.find(':');
        if (colon != kNone && !svg_prefix_.empty() && name.substr(0, colon) == svg_prefix_)
            name.remove_prefix(colon + 1);
        return name;
    }

    void read_end_tag() {
        at_ += 2;
        const std::string_view name = read_name();
        skip_past(">");
        if (skipped_ > 0) {
            --skipped_;
            return;
        }
        for (std::size_t i = open_.size(); i-- > 1;)
            if (open_[i].name == name) return open_.resize(i);
    }

    const ParseLimits& limits_;
    DomBuilder builder_;
    std::string_view text_;
    std::size_t at_ = 0;
    std::vector<Open> open_;   // the document first
    std::size_t skipped_ = 0;  // open elements that are left out
    bool has_root_ = false;
    std::string_view svg_prefix_;
    std::vector<Attribute> attributes_;
    std::string scratch_;
};

}  // namespace

Result<std::unique_ptr<Dom>> parse_xml(std::string_view text, const ParseLimits& limits) {
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    if (!codec::is_utf8(text)) return fail(ErrorCode::InvalidInput, "the XML is not UTF-8");
    auto dom = std::make_unique<Dom>();
    GALLEY_TRY_VOID(XmlParser(*dom, text, limits).run());
    return dom;
}

}  // namespace galley::document
