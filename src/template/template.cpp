#include "template/template.h"

#include "template/lexer.h"
#include "template/parser.h"
#include "template/renderer.h"

namespace galley::templates {

Template::Template(std::shared_ptr<const Program> program) : program_(std::move(program)) {}

Result<Template> Template::parse(std::string_view text) {
    GALLEY_TRY(const TokenizedTemplate tokenized, tokenize(text));
    GALLEY_TRY(Program program, parse_program(tokenized));
    return Template(std::make_shared<const Program>(std::move(program)));
}

Result<std::string> Template::render(const codec::JsonValue& data, const RenderLimits& limits) const {
    return run_program(*program_, data, limits);
}

std::string Template::dump() const {
    return program_->dump();
}

}  // namespace galley::templates
