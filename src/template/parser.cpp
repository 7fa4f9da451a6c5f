#include "template/parser.h"

#include <algorithm>
#include <array>
#include <optional>

#include "template/code_builder.h"
#include "template/expression_parser.h"
#include "template/template.h"
#include "template/token_reader.h"

namespace galley::templates {

namespace {

// Tags of the full language, so that its templates get "not yet" and a slip of the pen gets "unknown".
constexpr std::array<std::string_view, 20> kLaterTags{
    "set",  "endset",  "macro",  "endmacro",  "include", "import", "from", "extends", "block", "endblock",
    "call", "endcall", "filter", "endfilter", "raw",     "endraw", "with", "endwith", "do",    "autoescape"};

struct OpenBlock {
    enum class Kind : std::uint8_t { If, For };
    Kind kind;
    Token begin;
    std::size_t to_next = 0;          // the jump that leaves the current branch unrun
    std::vector<std::size_t> to_end;  // jumps over the branches that follow
    std::size_t loop_body = 0;
    bool in_else = false;
};

class Parser {
 public:
    explicit Parser(const TokenizedTemplate& tokenized) : reader_(tokenized), expressions_(reader_, code_, loops_) {}

    Result<Program> run() {
        while (reader_.peek().kind != TokenKind::End) GALLEY_TRY_VOID(item());
        if (!blocks_.empty()) {
            const OpenBlock& open = blocks_.back();
            return reader_.error_at(open.begin, "\"" + open.begin.text + "\" is not closed by " + end_tag(open));
        }
        return code_.finish();
    }

 private:
    static std::string end_tag(const OpenBlock& block) {
        return block.kind == OpenBlock::Kind::If ? "{% endif %}" : "{% endfor %}";
    }

    Result<void> item() {
        const std::uint32_t line = reader_.line();
        if (code_.is_full()) {
            return reader_.error_at(reader_.peek(), "template is too long", ErrorCode::LimitExceeded);
        }
        const Token& token = reader_.take();
        if (token.kind == TokenKind::Text) {
            code_.emit_text(Op::Text, line, token.text);
            return {};
        }
        if (token.kind == TokenKind::BlockBegin) return statement();
        GALLEY_TRY_VOID(expressions_.parse());
        code_.emit(Op::Print, line);
        return reader_.expect(TokenKind::PrintEnd, "}}");
    }

    Result<void> statement() {
        const Token& tag = reader_.peek();
        if (tag.kind != TokenKind::Name) return reader_.error("expected a tag's name" + reader_.found());
        if (reader_.take_word("if")) return begin_if(tag);
        if (reader_.take_word("elif")) return next_condition(tag);
        if (reader_.take_word("else")) return begin_else(tag);
        if (reader_.take_word("endif")) return end_if(tag);
        if (reader_.take_word("for")) return begin_for(tag);
        if (reader_.take_word("endfor")) return end_for(tag);
        if (std::ranges::find(kLaterTags, tag.text) != kLaterTags.end()) {
            return reader_.unsupported("tag \"" + tag.text + "\" is not offered yet");
        }
        return reader_.error("unknown tag \"" + tag.text.substr(0, 40) + "\"");
    }

    Result<void> end_of_tag() { return reader_.expect(TokenKind::BlockEnd, "%}"); }

    Result<void> open_block(OpenBlock::Kind kind, const Token& tag) {
        if (blocks_.size() >= kTemplateNestingMax) {
            return reader_.error_at(tag, "blocks nest deeper than " + std::to_string(kTemplateNestingMax),
                                    ErrorCode::LimitExceeded);
        }
        blocks_.push_back({.kind = kind, .begin = tag, .to_end = {}});
        return {};
    }

    Result<void> condition() {
        GALLEY_TRY_VOID(expressions_.parse());
        blocks_.back().to_next = code_.emit(Op::JumpIfFalse, reader_.line());
        return end_of_tag();
    }

    Result<void> begin_if(const Token& tag) {
        GALLEY_TRY_VOID(open_block(OpenBlock::Kind::If, tag));
        return condition();
    }

    // Ends the branch before: it jumps over the rest, and whoever skipped it lands here.
    void close_branch(OpenBlock& block) {
        block.to_end.push_back(code_.emit(Op::Jump, reader_.line()));
        code_.patch_jump(block.to_next);
    }

    Result<void> next_condition(const Token& tag) {
        if (blocks_.empty() || blocks_.back().kind != OpenBlock::Kind::If || blocks_.back().in_else) {
            return reader_.error_at(tag, "\"elif\" stands in no if, or after its else");
        }
        close_branch(blocks_.back());
        return condition();
    }

    Result<void> begin_else(const Token& tag) {
        if (blocks_.empty() || blocks_.back().in_else) {
            return reader_.error_at(tag, "\"else\" stands in no if or for, or comes twice");
        }
        OpenBlock& block = blocks_.back();
        block.in_else = true;
        if (block.kind == OpenBlock::Kind::For) close_loop(block);
        close_branch(block);
        return end_of_tag();
    }

    void end_branches(const OpenBlock& block) {
        if (!block.in_else) code_.patch_jump(block.to_next);
        for (const std::size_t jump : block.to_end) code_.patch_jump(jump);
        blocks_.pop_back();
    }

    Result<void> end_if(const Token& tag) {
        if (blocks_.empty() || blocks_.back().kind != OpenBlock::Kind::If) {
            return reader_.error_at(tag, "\"endif\" closes no if");
        }
        end_branches(OpenBlock(blocks_.back()));
        return end_of_tag();
    }

    Result<void> begin_for(const Token& tag) {
        GALLEY_TRY_VOID(open_block(OpenBlock::Kind::For, tag));
        if (reader_.peek().kind != TokenKind::Name || is_reserved_word(reader_.peek().text)) {
            return reader_.error("expected the loop variable's name" + reader_.found());
        }
        const std::string variable = reader_.take().text;
        if (reader_.is_sign(",")) return reader_.unsupported("a loop has one variable");
        if (!reader_.take_word("in")) return reader_.error("expected \"in\"" + reader_.found());
        GALLEY_TRY_VOID(expressions_.parse_without_if());
        if (reader_.is_word("if") || reader_.is_word("recursive")) {
            return reader_.unsupported("loop filters and recursive loops are not offered yet");
        }
        OpenBlock& block = blocks_.back();
        block.to_next = code_.emit(Op::LoopBegin, reader_.line());
        block.loop_body = code_.here();
        loops_.push_back(variable);
        return end_of_tag();
    }

    void close_loop(const OpenBlock& block) {
        const std::size_t next = code_.emit(Op::LoopNext, reader_.line());
        code_.patch_jump(next, block.loop_body);
        loops_.pop_back();
    }

    Result<void> end_for(const Token& tag) {
        if (blocks_.empty() || blocks_.back().kind != OpenBlock::Kind::For) {
            return reader_.error_at(tag, "\"endfor\" closes no for");
        }
        const OpenBlock block = blocks_.back();
        if (!block.in_else) close_loop(block);
        end_branches(block);
        return end_of_tag();
    }

    TokenReader reader_;
    CodeBuilder code_;
    std::vector<std::string> loops_;
    ExpressionParser expressions_;
    std::vector<OpenBlock> blocks_;
};

}  // namespace

Result<Program> parse_program(const TokenizedTemplate& tokenized) {
    return Parser(tokenized).run();
}

}  // namespace galley::templates
