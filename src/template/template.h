// src/template/template.h — the Jinja language: text is parsed once into a flat program, which renders many times.
//
// Shape    Template::parse(text) -> Template; render(data) -> text. `data` is an object: its members are the variables.
//          The language here is the part of Jinja that README.md lists; every template that it accepts means the same
//          in Jinja. Output is escaped for HTML (autoescape on). Undefined variables print nothing and count as false.
// Errors   parse: InvalidInput with "line:column" in Error::where; Unsupported for Jinja that is not offered yet;
//          LimitExceeded (kTemplateNestingMax, kTemplateBytesMax, kTemplateProgramMax).
//          render: InvalidInput with the line (a member of undefined, a wrong type); LimitExceeded (RenderLimits).
// Owner    the program owns its strings; `data` is borrowed during render().
// Threads  render() of one Template from any number of threads.
// Limits   below; output_bytes_max is overshot by at most one value. Parsing recurses no deeper
//          than kTemplateNestingMax, rendering not at all.
// Source   https://jinja.palletsprojects.com/en/stable/templates/
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "base/error.h"
#include "codec/json.h"

namespace galley::templates {

inline constexpr std::size_t kTemplateBytesMax = 4 << 20;
inline constexpr std::size_t kTemplateNestingMax = 64;  // blocks in blocks, and expressions in expressions
inline constexpr std::size_t kTemplateProgramMax = 1 << 20;
inline constexpr std::size_t kTextBytesMax = 16 << 20;  // of any one text made on the way

struct RenderLimits {
    std::size_t output_bytes_max = 64 << 20;
    std::size_t steps_max = 50'000'000;  // instructions executed, so that nested loops end
};

struct Program;

class Template {
 public:
    static Result<Template> parse(std::string_view text);

    Result<std::string> render(const codec::JsonValue& data, const RenderLimits& limits = {}) const;

    // The program as text, one instruction a line: for tests and `galley doctor`.
    std::string dump() const;

 private:
    explicit Template(std::shared_ptr<const Program> program);
    std::shared_ptr<const Program> program_;
};

}  // namespace galley::templates
