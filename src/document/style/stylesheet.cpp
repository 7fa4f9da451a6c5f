#include "document/style/stylesheet.h"

#include "document/css/media.h"
#include "document/css/values.h"
#include "document/style/font_face.h"
#include "document/style/nesting.h"
#include "document/style/property_apply.h"

namespace galley::document {

namespace {

constexpr std::size_t kRulesMax = 200'000;
constexpr int kImportDepthMax = 8;
constexpr int kNestingMax = 16;
constexpr std::size_t kSourcesMax = 256;
constexpr std::size_t kNestedTokensMax = 1'000'000;  // what the selectors of nested rules stand for, in all

class Compiler {
 public:
    Compiler(const CompileContext& context, StyleSheet& sheet) : context_(context), sheet_(sheet) {}

    Result<void> compile(CssText text, int import_depth) {
        if (sheet_.sources.size() >= kSourcesMax) return {};
        CssSource* outer = source_;
        source_ = sheet_.sources.emplace_back(CssSource::parse(std::move(text))).get();
        Result<void> done = read_rules(source_->tokens, 0, import_depth);
        source_ = outer;
        return done;
    }

 private:
    Result<void> read_rules(CssTokens tokens, int nesting, int import_depth) {
        RuleReader reader(tokens);
        while (const auto rule = reader.next()) {
            if (rule->at_name.empty()) {
                GALLEY_TRY_VOID(read_style_rule(*rule, rule->prelude, nesting));
            } else {
                GALLEY_TRY_VOID(read_at_rule(*rule, nesting, import_depth));
            }
        }
        return {};
    }

    Result<void> read_style_rule(const RawRule& rule, CssTokens prelude, int nesting) {
        if (!rule.has_block) return {};
        std::vector<Selector> selectors = parse_selectors(prelude);
        if (selectors.empty()) {
            warn("selector not understood: " + to_text(rule.prelude), rule);
            return {};
        }
        return read_style_block(std::move(selectors), prelude, rule.block, nesting);
    }

    // https://drafts.csswg.org/css-nesting-1/#mixing — declarations behind a nested rule count as behind it.
    Result<void> read_style_block(std::vector<Selector> selectors, CssTokens prelude, CssTokens tokens, int nesting) {
        DeclarationBlock* block = nullptr;
        DeclarationReader reader(tokens);
        while (const auto item = reader.next()) {
            if (item->declaration) {
                if (block == nullptr) block = &sheet_.blocks.emplace_back();
                add_declaration(*item->declaration, *source_, *block, context_.warnings);
            }
            if (!item->rule) continue;
            if (block != nullptr) {
                GALLEY_TRY_VOID(add_rules(selectors, *block));
                block = nullptr;
            }
            GALLEY_TRY_VOID(read_nested_rule(*item->rule, selectors, prelude, nesting));
        }
        return block == nullptr ? Result<void>() : add_rules(std::move(selectors), *block);
    }

    Result<void> add_rules(std::vector<Selector> selectors, const DeclarationBlock& block) {
        for (Selector& selector : selectors) {
            if (sheet_.rules.size() >= kRulesMax)
                return fail(ErrorCode::LimitExceeded, "the document's style sheets have too many rules");
            sheet_.rules.push_back({std::move(selector), &block, source_->url, layer_});
        }
        return {};
    }

    Result<void> read_nested_rule(const RawRule& rule, const std::vector<Selector>& selectors, CssTokens prelude,
                                  int nesting) {
        if (nesting >= kNestingMax) {
            warn("rule nests too deep: " + to_text(rule.prelude), rule);
            return {};
        }
        if (rule.at_name.empty()) {
            const auto whole = nested_selectors(prelude, rule.prelude, nested_tokens_left_);
            if (!whole)
                return fail(ErrorCode::LimitExceeded, "the selectors of the document's nested rules are too long");
            nested_tokens_left_ -= whole->size();
            return read_style_rule(rule, *whole, nesting + 1);
        }
        const std::string name = css_lowered(rule.at_name);
        if (name == "media" || name == "supports") {
            if (!condition_holds(name, rule)) return {};
            return read_style_block(selectors, prelude, rule.block, nesting + 1);
        }
        if (name == "layer" && rule.has_block) {
            const std::uint32_t outer = layer_;
            enter_layer(to_text(trimmed(rule.prelude)), outer);
            Result<void> done = read_style_block(selectors, prelude, rule.block, nesting + 1);
            layer_ = outer;
            return done;
        }
        warn("at-rule not supported in a style rule: @" + name, rule);
        return {};
    }

    bool condition_holds(std::string_view name, const RawRule& rule) const {
        return name == "media" ? matches_media(rule.prelude, context_.medium)
                               : matches_supports(rule.prelude, knows_declaration);
    }

    const DeclarationBlock& add_block(CssTokens tokens) {
        return sheet_.blocks.emplace_back(read_declarations(tokens, *source_, context_.warnings));
    }

    Result<void> read_at_rule(const RawRule& rule, int nesting, int import_depth) {
        const std::string name = css_lowered(rule.at_name);
        if (name == "charset" || name == "namespace") return {};
        if (name == "import") return read_import(rule, import_depth);
        if (name == "page") {
            read_page(rule);
        } else if (name == "font-face") {
            if (auto face = read_font_face(rule.block, source_->url)) sheet_.font_faces.push_back(std::move(*face));
        } else if (name == "counter-style") {
            if (auto style = read_counter_style(rule.prelude, rule.block))
                sheet_.counter_styles.insert_or_assign(std::move(style->first), std::move(style->second));
            else
                warn("counter style without what it needs: " + to_text(rule.prelude), rule);
        } else if (name == "layer") {
            return read_layer(rule, nesting, import_depth);
        } else if (name == "media" || name == "supports") {
            if (nesting < kNestingMax && condition_holds(name, rule))
                return read_rules(rule.block, nesting + 1, import_depth);
        } else {
            warn("at-rule not supported: @" + name, rule);
        }
        return {};
    }

    // @layer a, b.c; or @layer a { … }
    Result<void> read_layer(const RawRule& rule, int nesting, int import_depth) {
        const std::uint32_t outer = layer_;
        if (!rule.has_block) {
            CssCursor names(rule.prelude);
            while (!names.done()) enter_layer(to_text(trimmed(names.take_until_comma())), outer);
            layer_ = outer;
            return {};
        }
        if (nesting >= kNestingMax) return {};
        enter_layer(to_text(trimmed(rule.prelude)), outer);
        Result<void> done = read_rules(rule.block, nesting + 1, import_depth);
        layer_ = outer;
        return done;
    }

    void enter_layer(const std::string& name, std::uint32_t outer) {
        if (context_.layers != nullptr) layer_ = context_.layers->layer(outer, name);
    }

    // What @supports asks about: a declaration, or selector(…).
    static bool knows_declaration(CssTokens tokens) {
        if (!tokens.empty() && tokens.front().is(CssTokenType::Function))
            return !parse_selectors(tokens.subspan(1, tokens.size() - 2)).empty();
        DeclarationReader reader(tokens);
        const auto item = reader.next();
        if (!item || !item->declaration) return false;
        CssSource scratch;
        DeclarationBlock block;
        add_declaration(*item->declaration, scratch, block, nullptr);
        return !block.declarations.empty();
    }

    Result<void> read_import(const RawRule& rule, int depth) {
        CssCursor cursor(rule.prelude);
        std::string reference;
        if (cursor.peek().is(CssTokenType::String) || cursor.peek().is(CssTokenType::Url)) {
            reference = std::string(cursor.take().text);
        } else if (auto inner = cursor.take_function("url")) {
            reference = std::string(inner->take().text);
        }
        const std::uint32_t outer = layer_;
        if (cursor.take_ident("layer")) {
            enter_layer("", outer);
        } else if (const auto inner = cursor.take_function("layer")) {
            enter_layer(to_text(trimmed(inner->rest())), outer);
        }
        Result<void> done = read_imported(rule, reference, cursor, depth);
        layer_ = outer;
        return done;
    }

    Result<void> read_imported(const RawRule& rule, const std::string& reference, CssCursor& cursor, int depth) {
        if (const auto condition = cursor.take_function("supports")) {
            const CssTokens asked = trimmed(condition->rest());
            if (!matches_supports(asked, knows_declaration) && !knows_declaration(asked)) return {};
        }
        if (reference.empty() || !matches_media(cursor.rest(), context_.medium)) return {};
        const std::string url = resolve_url(source_->url, reference);
        if (depth >= kImportDepthMax) {
            warn("@import nests too deep: " + url, rule);
            return {};
        }
        if (context_.loader == nullptr) return {};
        const Result<SharedBytes> text = context_.loader->load(url);
        if (!text) {
            warn("style sheet not loaded: " + url + ": " + text.error().message, rule);
            return {};
        }
        return compile({std::string(text->view()), url}, depth + 1);
    }

    void read_page(const RawRule& rule) {
        CssCursor list(rule.prelude);
        PageRule made;
        made.origin = sheet_.origin;
        made.base_url = source_->url;
        DeclarationBlock& page = sheet_.blocks.emplace_back();
        made.page = &page;
        DeclarationReader reader(rule.block);
        while (const auto item = reader.next()) {
            if (item->declaration) add_declaration(*item->declaration, *source_, page, context_.warnings);
            if (!item->rule) continue;
            const auto box = find_margin_box(item->rule->at_name);
            if (box) {
                made.margin_boxes[static_cast<std::size_t>(*box)] = &add_block(item->rule->block);
            } else if (item->rule->at_name.empty()) {
                warn("rule not supported in @page: " + to_text(item->rule->prelude), *item->rule);
            } else {
                warn("at-rule not supported in @page: @" + css_lowered(item->rule->at_name), *item->rule);
            }
        }
        do {
            const auto selector = read_page_selector(CssCursor(list.take_until_comma()));
            if (!selector) {
                warn("page selector not understood: " + to_text(rule.prelude), rule);
                return;
            }
            made.selector = *selector;
            sheet_.pages.push_back(made);
        } while (!list.done());
    }

    // name? [:first | :left | :right | :blank | :nth(an+b)]*
    static std::optional<PageSelector> read_page_selector(CssCursor cursor) {
        PageSelector out;
        if (cursor.peek().is(CssTokenType::Ident)) {
            out.name = cursor.take().text;
            out.specificity += 1U << 20;
        }
        while (!cursor.done()) {
            if (!cursor.peek().is(CssTokenType::Colon)) return std::nullopt;
            cursor.take();
            if (cursor.take_ident("first")) {
                out.first = true;
                out.specificity += 1U << 10;
            } else if (cursor.take_ident("blank")) {
                out.blank = true;
                out.specificity += 1U << 10;
            } else if (cursor.take_ident("left")) {
                out.left = true;
                ++out.specificity;
            } else if (cursor.take_ident("right")) {
                out.right = true;
                ++out.specificity;
            } else if (cursor.peek().is(CssTokenType::Function) && css_equals(cursor.peek().text, "nth")) {
                const auto nth = parse_nth(cursor.take_component().subspan(1));
                if (!nth) return std::nullopt;
                out.nth = nth;
                out.specificity += 1U << 10;
            } else {
                return std::nullopt;
            }
        }
        return out;
    }

    // The selector parser knows an+b: ask it about :nth-child().
    static std::optional<std::pair<int, int>> parse_nth(CssTokens inside_and_closer) {
        std::vector<CssToken> tokens(2);
        tokens[0].type = CssTokenType::Colon;
        tokens[1].type = CssTokenType::Function;
        tokens[1].text = "nth-child";
        tokens.insert(tokens.end(), inside_and_closer.begin(), inside_and_closer.end());
        match_brackets(tokens);
        const std::vector<Selector> selectors = parse_selectors(tokens);
        if (selectors.empty()) return std::nullopt;
        const SimpleSelector& simple = selectors.front().compounds.front().simples.front();
        return std::pair(simple.a, simple.b);
    }

    void warn(std::string text, const RawRule& rule) {
        if (context_.warnings != nullptr) context_.warnings->add(std::move(text), *source_, rule.offset);
    }

    const CompileContext& context_;
    StyleSheet& sheet_;
    CssSource* source_ = nullptr;
    std::uint32_t layer_ = LayerTree::kNone;
    std::size_t nested_tokens_left_ = kNestedTokensMax;
};

}  // namespace

std::optional<MarginBox> find_margin_box(std::string_view name) {
    constexpr std::string_view kNames[kMarginBoxCount] = {
        "top-left-corner",    "top-left",     "top-center",          "top-right",    "top-right-corner", "right-top",
        "right-middle",       "right-bottom", "bottom-right-corner", "bottom-right", "bottom-center",    "bottom-left",
        "bottom-left-corner", "left-bottom",  "left-middle",         "left-top"};
    for (std::size_t i = 0; i < kMarginBoxCount; ++i)
        if (css_equals(name, kNames[i])) return static_cast<MarginBox>(i);
    return std::nullopt;
}

Result<void> compile_sheet(CssText text, const CompileContext& context, StyleSheet& sheet) {
    return Compiler(context, sheet).compile(std::move(text), 0);
}

const StyleSheet& user_agent_sheet() {
    static const StyleSheet* const sheet = [] {
        auto* made = new StyleSheet;
        made->origin = Origin::UserAgent;
        const CompileContext context;
        const Result<void> done = compile_sheet({std::string(user_agent_text()), ""}, context, *made);
        GALLEY_CHECK(done.has_value());
        return made;
    }();
    return *sheet;
}

}  // namespace galley::document
