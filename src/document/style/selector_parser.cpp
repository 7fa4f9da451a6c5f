#include <algorithm>

#include "document/css/syntax.h"
#include "document/css/values.h"
#include "document/style/selector.h"

namespace galley::document {

namespace {

using Type = CssTokenType;

constexpr std::size_t kCompoundsMax = 64;
constexpr std::size_t kSimplesMax = 64;
constexpr int kNestingMax = 8;
constexpr std::uint32_t kIdWeight = 1U << 20, kClassWeight = 1U << 10, kTypeWeight = 1;

std::optional<PseudoElement> find_pseudo_element(std::string_view name) {
    constexpr struct {
        std::string_view name;
        PseudoElement pseudo;
    } kNames[] = {{"before", PseudoElement::Before},
                  {"after", PseudoElement::After},
                  {"marker", PseudoElement::Marker},
                  {"first-line", PseudoElement::FirstLine},
                  {"first-letter", PseudoElement::FirstLetter},
                  {"footnote-call", PseudoElement::FootnoteCall}};
    for (const auto& entry : kNames)
        if (css_equals(name, entry.name)) return entry.pseudo;
    return std::nullopt;
}

struct SimplePseudo {
    std::string_view name;
    SimpleKind kind;
    int a, b;
};
constexpr SimplePseudo kPseudoClasses[] = {{"first-child", SimpleKind::NthChild, 0, 1},
                                           {"last-child", SimpleKind::NthLastChild, 0, 1},
                                           {"first-of-type", SimpleKind::NthOfType, 0, 1},
                                           {"last-of-type", SimpleKind::NthLastOfType, 0, 1},
                                           {"only-child", SimpleKind::OnlyChild, 0, 0},
                                           {"only-of-type", SimpleKind::OnlyOfType, 0, 0},
                                           {"empty", SimpleKind::Empty, 0, 0},
                                           {"root", SimpleKind::Root, 0, 0},
                                           {"link", SimpleKind::Link, 0, 0},
                                           {"any-link", SimpleKind::Link, 0, 0},
                                           {"visited", SimpleKind::Never, 0, 0},
                                           {"hover", SimpleKind::Never, 0, 0},
                                           {"active", SimpleKind::Never, 0, 0},
                                           {"focus", SimpleKind::Never, 0, 0},
                                           {"focus-within", SimpleKind::Never, 0, 0},
                                           {"focus-visible", SimpleKind::Never, 0, 0},
                                           {"target", SimpleKind::Never, 0, 0},
                                           {"enabled", SimpleKind::Enabled, 0, 0},
                                           {"disabled", SimpleKind::Disabled, 0, 0},
                                           {"checked", SimpleKind::Checked, 0, 0},
                                           {"indeterminate", SimpleKind::Never, 0, 0},
                                           {"scope", SimpleKind::Root, 0, 0}};

class SelectorParser {
 public:
    SelectorParser(CssTokens tokens, int nesting) : tokens_(tokens), nesting_(nesting) {}

    std::optional<Selector> parse() {
        Selector selector;
        std::vector<Compound> compounds;      // leftmost first
        std::vector<Combinator> combinators;  // after each compound
        skip_space();
        while (true) {
            Compound& compound = compounds.emplace_back();
            if (!parse_compound(compound, selector) || compounds.size() > kCompoundsMax) return std::nullopt;
            const Combinator combinator = parse_combinator();
            if (combinator == Combinator::None) break;
            if (selector.pseudo) return std::nullopt;
            combinators.push_back(combinator);
        }
        if (at_ < tokens_.size()) return std::nullopt;
        for (std::size_t i = 0; i < combinators.size(); ++i) compounds[i + 1].to_left = combinators[i];
        std::ranges::reverse(compounds);
        selector.compounds = std::move(compounds);
        return selector;
    }

    // A selector of :has(): a combinator may stand first; the anchor is put before it.
    std::optional<Selector> parse_relative() {
        skip_space();
        Combinator first = parse_combinator();
        if (first == Combinator::None) first = Combinator::Descendant;
        std::optional<Selector> selector = parse();
        if (!selector || selector->pseudo) return std::nullopt;
        selector->compounds.back().to_left = first;
        add(selector->compounds.emplace_back(), SimpleKind::Anchor, {});
        return selector;
    }

 private:
    bool at(Type type) const { return at_ < tokens_.size() && tokens_[at_].is(type); }
    bool skip_space() {
        const std::size_t start = at_;
        while (at(Type::Whitespace)) ++at_;
        return at_ > start;
    }

    Combinator parse_combinator() {
        const bool space = skip_space();
        if (at_ >= tokens_.size()) return Combinator::None;
        Combinator out = space ? Combinator::Descendant : Combinator::None;
        if (tokens_[at_].is_delim('>')) out = Combinator::Child;
        if (tokens_[at_].is_delim('+')) out = Combinator::Adjacent;
        if (tokens_[at_].is_delim('~')) out = Combinator::Sibling;
        if (out != Combinator::Descendant && out != Combinator::None) {
            ++at_;
            skip_space();
        }
        return out;
    }

    bool parse_compound(Compound& compound, Selector& selector) {
        while (at_ < tokens_.size() && compound.simples.size() <= kSimplesMax) {
            const CssToken& token = tokens_[at_];
            if (token.is(Type::Ident) && compound.simples.empty()) {
                add(compound, SimpleKind::Tag, token.text);
                selector.specificity += kTypeWeight;
            } else if (token.is_delim('*') && compound.simples.empty()) {
                add(compound, SimpleKind::Universal, {});
            } else if (token.is_delim('&')) {
                add(compound, SimpleKind::Root, {});  // of a rule that is not nested: what :scope is, without weight
            } else if (token.is_delim('|') && at_ + 1 < tokens_.size()) {
                compound.simples.clear();  // a namespace prefix: not looked at
            } else if (token.is(Type::Hash) && token.is_id) {
                add(compound, SimpleKind::Id, token.text);
                selector.specificity += kIdWeight;
            } else if (token.is_delim('.')) {
                ++at_;
                if (!at(Type::Ident)) return false;
                add(compound, SimpleKind::Class, tokens_[at_].text);
                selector.specificity += kClassWeight;
            } else if (token.is(Type::OpenSquare)) {
                if (!parse_attribute(compound)) return false;
                selector.specificity += kClassWeight;
                at_ += token.length;
                continue;
            } else if (token.is(Type::Colon)) {
                if (!parse_pseudo(compound, selector)) return false;
                continue;
            } else {
                break;
            }
            ++at_;
        }
        return !compound.simples.empty() || selector.pseudo.has_value();
    }

    static SimpleSelector& add(Compound& compound, SimpleKind kind, std::string_view name) {
        SimpleSelector& simple = compound.simples.emplace_back();
        simple.kind = kind;
        simple.name = name;
        return simple;
    }

    // At "[": name, operator, value, flag.
    bool parse_attribute(Compound& compound) {
        CssCursor inner(tokens_.subspan(at_ + 1, tokens_[at_].length - 2));
        if (!inner.peek().is(Type::Ident)) return false;
        SimpleSelector& simple = add(compound, SimpleKind::Attribute, inner.take().text);
        if (inner.done()) return true;
        constexpr struct {
            char sign;
            AttributeTest test;
        } kTests[] = {{'~', AttributeTest::Word},
                      {'|', AttributeTest::Dash},
                      {'^', AttributeTest::Prefix},
                      {'$', AttributeTest::Suffix},
                      {'*', AttributeTest::Contains}};
        simple.test = AttributeTest::Equals;
        for (const auto& test : kTests)
            if (inner.take_delim(test.sign)) simple.test = test.test;
        if (!inner.take_delim('=')) return false;
        if (!inner.peek().is(Type::Ident) && !inner.peek().is(Type::String)) return false;
        simple.value = inner.take().text;
        simple.ignore_case = inner.take_ident("i");
        if (!simple.ignore_case) inner.take_ident("s");
        return inner.done();
    }

    // At ":".
    bool parse_pseudo(Compound& compound, Selector& selector) {
        ++at_;
        const bool element = at(Type::Colon);
        if (element) ++at_;
        if (at(Type::Function) && !element) return parse_functional(compound, selector);
        if (!at(Type::Ident)) return false;
        const std::string_view name = tokens_[at_++].text;
        const std::optional<PseudoElement> pseudo = find_pseudo_element(name);
        const bool old_form = pseudo && *pseudo != PseudoElement::Marker && *pseudo != PseudoElement::FootnoteCall;
        if (pseudo && (element || old_form)) {
            if (selector.pseudo) return false;
            selector.pseudo = pseudo;
            selector.specificity += kTypeWeight;
            return true;
        }
        if (element) return false;
        for (const SimplePseudo& known : kPseudoClasses) {
            if (!css_equals(name, known.name)) continue;
            SimpleSelector& simple = add(compound, known.kind, name);
            simple.a = known.a;
            simple.b = known.b;
            selector.specificity += kClassWeight;
            return true;
        }
        return false;
    }

    bool parse_functional(Compound& compound, Selector& selector) {
        const CssToken& token = tokens_[at_];
        const CssTokens inside = trimmed(tokens_.subspan(at_ + 1, token.length - 2));
        at_ += token.length;
        if (css_equals(token.text, "lang")) {
            CssCursor cursor(inside);
            if (!cursor.peek().is(Type::Ident) && !cursor.peek().is(Type::String)) return false;
            add(compound, SimpleKind::Lang, {}).value = cursor.take().text;
            selector.specificity += kClassWeight;
            return cursor.done();
        }
        constexpr struct {
            std::string_view name;
            SimpleKind kind;
        } kNth[] = {{"nth-child", SimpleKind::NthChild},
                    {"nth-last-child", SimpleKind::NthLastChild},
                    {"nth-of-type", SimpleKind::NthOfType},
                    {"nth-last-of-type", SimpleKind::NthLastOfType}};
        for (const auto& nth : kNth) {
            if (!css_equals(token.text, nth.name)) continue;
            selector.specificity += kClassWeight;
            return parse_nth_of(inside, add(compound, nth.kind, {}), selector);
        }
        if (css_equals(token.text, "has")) return parse_has(inside, compound, selector);
        return parse_list(token.text, inside, compound, selector);
    }

    // an+b [of S]
    bool parse_nth_of(CssTokens inside, SimpleSelector& simple, Selector& selector) {
        std::size_t end = 0;
        while (end < inside.size() && !(inside[end].is(Type::Ident) && css_equals(inside[end].text, "of"))) ++end;
        if (end == inside.size()) return parse_nth(inside, simple);
        const bool child = simple.kind == SimpleKind::NthChild || simple.kind == SimpleKind::NthLastChild;
        if (!child || nesting_ >= kNestingMax || !parse_nth(inside.first(end), simple)) return false;
        std::uint32_t highest = 0;
        CssCursor list(inside.subspan(end + 1));
        while (!list.done()) {
            std::optional<Selector> argument = SelectorParser(list.take_until_comma(), nesting_ + 1).parse();
            if (!argument || argument->pseudo) return false;
            highest = std::max(highest, argument->specificity);
            simple.arguments.push_back(std::move(*argument));
        }
        selector.specificity += highest;
        return !simple.arguments.empty();
    }

    // https://drafts.csswg.org/selectors-4/#relational — not inside of another :has().
    bool parse_has(CssTokens inside, Compound& compound, Selector& selector) {
        if (nesting_ >= kNestingMax || in_has_) return false;
        SimpleSelector& simple = add(compound, SimpleKind::Has, {});
        std::uint32_t highest = 0;
        CssCursor list(inside);
        while (!list.done()) {
            SelectorParser parser(list.take_until_comma(), nesting_ + 1);
            parser.in_has_ = true;
            std::optional<Selector> argument = parser.parse_relative();
            if (!argument) return false;
            highest = std::max(highest, argument->specificity);
            simple.arguments.push_back(std::move(*argument));
        }
        selector.specificity += highest;
        return !simple.arguments.empty();
    }

    bool parse_list(std::string_view name, CssTokens inside, Compound& compound, Selector& selector) {
        const bool where = css_equals(name, "where");
        const bool negated = css_equals(name, "not");
        if (!where && !negated && !css_equals(name, "is") && !css_equals(name, "matches")) return false;
        if (nesting_ >= kNestingMax) return false;
        SimpleSelector& simple = add(compound, negated ? SimpleKind::Not : SimpleKind::Is, {});
        std::uint32_t highest = 0;
        CssCursor list(inside);
        while (!list.done()) {
            SelectorParser parser(list.take_until_comma(), nesting_ + 1);
            parser.in_has_ = in_has_;
            std::optional<Selector> argument = parser.parse();
            if (argument && argument->pseudo) argument.reset();
            if (!argument) {
                if (negated) return false;  // :is() and :where() forgive
                continue;
            }
            highest = std::max(highest, argument->specificity);
            simple.arguments.push_back(std::move(*argument));
        }
        if (!where) selector.specificity += highest;
        return !negated || !simple.arguments.empty();
    }

    // https://drafts.csswg.org/css-syntax-3/#anb — the tokens are put back together, as "2n-1" is one dimension.
    static bool parse_nth(CssTokens inside, SimpleSelector& out) {
        std::string text;
        for (const CssToken& token : inside) {
            if (token.is(Type::Ident) || token.is(Type::Dimension) || token.is(Type::Number)) {
                if (!token.is(Type::Ident)) {
                    if (!token.is_integer || token.number < -1e6 || token.number > 1e6) return false;
                    const int number = static_cast<int>(token.number);
                    if (!text.empty() && number >= 0 && text.back() == 'n') text += '+';
                    text += std::to_string(number);
                }
                if (!token.is(Type::Number)) text += css_lowered(token.text);
            } else if (token.is_delim('+') || token.is_delim('-')) {
                text += token.delim;
            } else if (!token.is(Type::Whitespace)) {
                return false;
            }
        }
        return parse_nth_text(text, out);
    }

    static bool parse_nth_text(std::string_view text, SimpleSelector& out) {
        if (text == "odd" || text == "even") {
            out.a = 2;
            out.b = text == "odd" ? 1 : 0;
            return true;
        }
        const std::size_t n = text.find('n');
        if (n == std::string_view::npos) return read_signed(text, out.b);
        const std::string_view a = text.substr(0, n), b = text.substr(n + 1);
        if (a.empty() || a == "+" || a == "-") {
            out.a = a == "-" ? -1 : 1;
        } else if (!read_signed(a, out.a)) {
            return false;
        }
        return b.empty() || read_signed(b, out.b);
    }

    static bool read_signed(std::string_view text, int& out) {
        const bool negative = text.starts_with('-');
        if (negative || text.starts_with('+')) text.remove_prefix(1);
        if (text.empty() || text.size() > 7) return false;
        out = 0;
        for (const char c : text) {
            if (c < '0' || c > '9') return false;
            out = out * 10 + (c - '0');
        }
        if (negative) out = -out;
        return true;
    }

    CssTokens tokens_;
    int nesting_;
    bool in_has_ = false;
    std::size_t at_ = 0;
};

}  // namespace

bool Selector::is_plain() const {
    if (compounds.size() != 1) return false;
    return std::ranges::all_of(compounds.front().simples, [](const SimpleSelector& simple) {
        return simple.kind == SimpleKind::Universal || simple.kind == SimpleKind::Tag ||
               simple.kind == SimpleKind::Id || simple.kind == SimpleKind::Class;
    });
}

std::vector<Selector> parse_selectors(CssTokens prelude) {
    constexpr std::size_t kSelectorsMax = 4096;
    std::vector<Selector> out;
    CssCursor list(prelude);
    while (!list.done() && out.size() < kSelectorsMax) {
        std::optional<Selector> selector = SelectorParser(list.take_until_comma(), 0).parse();
        if (!selector) return {};
        out.push_back(std::move(*selector));
    }
    return out;
}

}  // namespace galley::document
