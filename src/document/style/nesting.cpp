#include "document/style/nesting.h"

#include <algorithm>

#include "document/css/syntax.h"
#include "document/css/values.h"

namespace galley::document {

namespace {

using Type = CssTokenType;

bool is_nest_sign(const CssToken& token) {
    return token.is_delim('&');
}

CssToken make_token(Type type, std::uint32_t offset) {
    CssToken token;
    token.type = type;
    token.offset = offset;
    return token;
}

class Writer {
 public:
    Writer(CssTokens parent, std::size_t most) : parent_(parent), most_(most) {
        CssCursor list(parent);
        list.take_until_comma();
        one_parent_ = list.done();
    }

    void add(CssTokens selector) {
        if (selector.empty()) return;
        offset_ = selector.front().offset;
        if (!out_.empty()) out_.push_back(make_token(Type::Comma, offset_));
        const bool relative =
            std::ranges::any_of(std::string_view(">+~"), [&](char c) { return selector.front().is_delim(c); });
        if (relative || std::ranges::none_of(selector, is_nest_sign)) {
            add_parent(one_parent_);
            out_.push_back(make_token(Type::Whitespace, offset_));
        }
        for (std::size_t i = 0; i < selector.size() && !too_long(); ++i) {
            if (!is_nest_sign(selector[i])) {
                out_.push_back(selector[i]);
                continue;
            }
            const bool type_follows = i + 1 < selector.size() && selector[i + 1].is(Type::Ident);
            add_parent(one_parent_ && i == 0 && !type_follows);
        }
    }

    bool too_long() const { return out_.size() > most_; }
    std::vector<CssToken> finish() {
        match_brackets(out_);
        return std::move(out_);
    }

 private:
    // A single selector at the beginning means what :is() of it would, and is found faster.
    void add_parent(bool plain) {
        if (plain) {
            out_.insert(out_.end(), parent_.begin(), parent_.end());
            return;
        }
        out_.push_back(make_token(Type::Colon, offset_));
        CssToken& function = out_.emplace_back(make_token(Type::Function, offset_));
        function.text = "is";
        out_.insert(out_.end(), parent_.begin(), parent_.end());
        out_.push_back(make_token(Type::CloseParen, offset_));
    }

    CssTokens parent_;
    std::size_t most_;
    bool one_parent_ = false;
    std::uint32_t offset_ = 0;
    std::vector<CssToken> out_;
};

}  // namespace

std::optional<std::vector<CssToken>> nested_selectors(CssTokens parent, CssTokens prelude, std::size_t most) {
    Writer writer(parent, most);
    CssCursor list(prelude);
    while (!list.done() && !writer.too_long()) writer.add(trimmed(list.take_until_comma()));
    if (writer.too_long()) return std::nullopt;
    return writer.finish();
}

}  // namespace galley::document
