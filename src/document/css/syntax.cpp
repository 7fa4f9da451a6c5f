#include "document/css/syntax.h"

#include "codec/text_position.h"

namespace galley::document {

namespace {

using Type = CssTokenType;

bool is_ignorable(const CssToken& token) {
    return token.is(Type::Whitespace) || token.is(Type::Cdo) || token.is(Type::Cdc);
}

// Reads a prelude from `at` up to a block or, for at-rules, a semicolon; leaves `at` behind the rule.
RawRule read_rule(CssTokens tokens, std::size_t& at, std::string_view at_name) {
    RawRule rule;
    rule.at_name = at_name;
    const std::size_t start = at;
    const std::size_t first = at_name.empty() ? at : at - 1;
    if (first < tokens.size()) rule.offset = tokens[first].offset;
    while (at < tokens.size()) {
        const CssToken& token = tokens[at];
        if (token.is(Type::OpenCurly)) {
            rule.prelude = trimmed(tokens.subspan(start, at - start));
            rule.block = tokens.subspan(at + 1, token.length - 2);
            rule.has_block = true;
            at += token.length;
            return rule;
        }
        if (token.is(Type::Semicolon) && !at_name.empty()) break;
        at += token.is_opener() ? token.length : 1;
    }
    rule.prelude = trimmed(tokens.subspan(start, at - start));
    if (at < tokens.size()) ++at;
    return rule;
}

// Cuts "!important" off the end.
bool take_important(CssTokens& value) {
    if (value.empty() || !value.back().is(Type::Ident) || !css_equals(value.back().text, "important")) return false;
    const CssTokens before = trimmed(value.first(value.size() - 1));
    if (before.empty() || !before.back().is_delim('!')) return false;
    value = trimmed(before.first(before.size() - 1));
    return true;
}

}  // namespace

std::unique_ptr<CssSource> CssSource::parse(CssText text) {
    auto source = std::make_unique<CssSource>();
    source->text = std::move(text.text);
    source->url = std::move(text.url);
    source->name = std::move(text.name);
    source->file = text.file;
    source->file_offset = text.file_offset;
    source->tokens = tokenize_css(source->text, source->keep);
    return source;
}

std::string CssSource::place(std::size_t offset) const {
    constexpr std::size_t kNameBytesMax = 200;
    std::string out = (name.empty() ? url : name).substr(0, kNameBytesMax);
    if (file_offset == CssText::kNowhere) return out;
    if (!out.empty()) out += ':';
    const codec::TextPosition at =
        file.empty() ? codec::text_position(text, offset) : codec::text_position(file, file_offset + offset);
    return out + at.to_string();
}

CssTokens trimmed(CssTokens tokens) {
    while (!tokens.empty() && tokens.front().is(Type::Whitespace)) tokens = tokens.subspan(1);
    while (!tokens.empty() && tokens.back().is(Type::Whitespace)) tokens = tokens.first(tokens.size() - 1);
    return tokens;
}

std::string to_text(CssTokens tokens) {
    constexpr std::size_t kBytesMax = 80;
    std::string out;
    for (const CssToken& token : tokens) {
        if (out.size() > kBytesMax) return out + "…";
        switch (token.type) {
            case Type::Ident:
            case Type::AtKeyword:
                out += token.text;
                break;
            case Type::Function:
                out.append(token.text) += '(';
                break;
            case Type::Hash:
                (out += '#') += token.text;
                break;
            case Type::String:
                (out += '"').append(token.text) += '"';
                break;
            case Type::Url:
                out.append("url(").append(token.text) += ')';
                break;
            case Type::Delim:
                out += token.delim;
                break;
            case Type::Number:
            case Type::Percentage:
            case Type::Dimension: {
                std::string number = std::to_string(token.number);
                number.erase(number.find_last_not_of('0') + 1);
                if (number.ends_with('.')) number.pop_back();
                out += number;
                out += token.is(Type::Percentage) ? std::string_view("%") : token.text;
                break;
            }
            case Type::Whitespace:
                out += ' ';
                break;
            case Type::Colon:
                out += ':';
                break;
            case Type::Semicolon:
                out += ';';
                break;
            case Type::Comma:
                out += ',';
                break;
            case Type::OpenParen:
                out += '(';
                break;
            case Type::CloseParen:
                out += ')';
                break;
            case Type::OpenSquare:
                out += '[';
                break;
            case Type::CloseSquare:
                out += ']';
                break;
            case Type::OpenCurly:
                out += '{';
                break;
            case Type::CloseCurly:
                out += '}';
                break;
            default:
                out += '?';
                break;
        }
    }
    return out;
}

std::optional<RawRule> RuleReader::next() {
    while (at_ < tokens_.size() && is_ignorable(tokens_[at_])) ++at_;
    if (at_ >= tokens_.size()) return std::nullopt;
    std::string_view at_name;
    if (tokens_[at_].is(Type::AtKeyword)) at_name = tokens_[at_++].text;
    return read_rule(tokens_, at_, at_name);
}

std::optional<DeclarationOrRule> DeclarationReader::next() {
    while (at_ < tokens_.size()) {
        const CssToken& token = tokens_[at_];
        if (token.is(Type::Whitespace) || token.is(Type::Semicolon)) {
            ++at_;
            continue;
        }
        DeclarationOrRule out;
        if (token.is(Type::AtKeyword)) {
            ++at_;
            out.rule = read_rule(tokens_, at_, token.text);
            return out;
        }
        if (begins_rule()) {
            out.rule = read_rule(tokens_, at_, {});
            return out;
        }
        out.declaration = read_declaration();
        if (out.declaration) return out;
    }
    return std::nullopt;
}

// https://drafts.csswg.org/css-syntax-3/#consume-block-contents — a block before the next semicolon makes it a rule,
// but in a custom property, which may have any value.
bool DeclarationReader::begins_rule() const {
    std::size_t at = at_;
    if (tokens_[at].is(Type::Ident) && tokens_[at].text.starts_with("--")) {
        const CssTokens rest = trimmed(tokens_.subspan(at + 1));
        if (!rest.empty() && rest.front().is(Type::Colon)) return false;
    }
    while (at < tokens_.size() && !tokens_[at].is(Type::Semicolon)) {
        if (tokens_[at].is(Type::OpenCurly)) return true;
        at += tokens_[at].is_opener() ? tokens_[at].length : 1;
    }
    return false;
}

// Always goes on to the next semicolon.
std::optional<RawDeclaration> DeclarationReader::read_declaration() {
    const std::size_t start = at_;
    while (at_ < tokens_.size() && !tokens_[at_].is(Type::Semicolon))
        at_ += tokens_[at_].is_opener() ? tokens_[at_].length : 1;
    CssTokens all = tokens_.subspan(start, at_ - start);
    if (!all.front().is(Type::Ident)) return std::nullopt;
    RawDeclaration declaration;
    declaration.name = all.front().text;
    declaration.offset = all.front().offset;
    all = trimmed(all.subspan(1));
    if (all.empty() || !all.front().is(Type::Colon)) return std::nullopt;
    declaration.value = trimmed(all.subspan(1));
    declaration.important = take_important(declaration.value);
    return declaration;
}

}  // namespace galley::document
