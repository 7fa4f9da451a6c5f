#include "document/html/parser.h"

#include <cstdint>
#include <cstring>
#include <string>

#include "codec/utf8.h"
#include "document/html/dom_builder.h"
#include "document/html/tokenizer.h"
#include "document/html/tree_builder.h"

namespace galley::document {

namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD", kByteOrderMark = "\xEF\xBB\xBF";

// Length of the longest prefix that needs no repair: valid UTF-8 without CR and NUL.
std::size_t clean_prefix(std::string_view text) {
    std::size_t at = 0;
    while (at < text.size()) {
        // OPTIMIZATION: eight plain ASCII bytes at a time.
        while (at + 8 <= text.size()) {
            std::uint64_t word = 0;
            std::memcpy(&word, text.data() + at, 8);
            constexpr std::uint64_t kHigh = 0x8080808080808080, kOnes = 0x0101010101010101;
            const std::uint64_t cr = word ^ (kOnes * '\r');
            if (((word | (word - kOnes) | (cr - kOnes)) & kHigh) != 0) break;
            at += 8;
        }
        if (at >= text.size()) break;
        const auto byte = static_cast<unsigned char>(text[at]);
        if (byte == 0 || byte == '\r') return at;
        const std::size_t length = byte < 0x80 ? 1 : codec::utf8_sequence_length(text.substr(at));
        if (length == 0) return at;
        at += length;
    }
    return at;
}

std::string_view without_mark(std::string_view text) {
    if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
    return text;
}

// Newlines become LF, NUL goes, bytes that are not UTF-8 become U+FFFD.
// DEVIATION: the standard replaces NUL in some places and drops it in others.
std::string normalised(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    while (true) {
        const std::size_t clean = clean_prefix(text);
        out.append(text.substr(0, clean));
        text.remove_prefix(clean);
        if (text.empty()) return out;
        if (text[0] == '\r') {
            out += '\n';
            text.remove_prefix(text.size() > 1 && text[1] == '\n' ? 2 : 1);
        } else {
            if (text[0] != '\0') out += kReplacement;
            text.remove_prefix(1);
        }
    }
}

}  // namespace

Result<std::unique_ptr<Dom>> parse_html(std::string_view html, const ParseLimits& limits) {
    auto dom = std::make_unique<Dom>();
    DomBuilder builder(*dom, limits);
    Tokenizer tokenizer(builder.set_source(normalised(without_mark(html))), builder, limits);
    TreeBuilder tree(tokenizer, builder, limits);
    GALLEY_TRY_VOID(tree.build());
    return dom;
}

Result<std::unique_ptr<Dom>> parse_html_in_place(std::string_view html, const ParseLimits& limits,
                                                 const TableFolding* folding) {
    html = without_mark(html);
    auto dom = std::make_unique<Dom>();
    auto builder = std::make_unique<DomBuilder>(*dom, limits);
    const bool clean = clean_prefix(html) == html.size();
    Tokenizer tokenizer(clean ? builder->borrow_source(html) : builder->set_source(normalised(html)), *builder, limits);
    TreeBuilder tree(tokenizer, *builder, limits);
    if (folding != nullptr && html.size() >= folding->html_bytes_min) tree.fold_rows(folding->run_nodes);
    GALLEY_TRY_VOID(tree.build());
    DomBuilder::keep_with_dom(std::move(builder));
    return dom;
}

}  // namespace galley::document
