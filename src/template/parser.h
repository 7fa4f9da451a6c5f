// src/template/parser.h — the statements of a template: text, {{ }}, if and for; expressions go to expression_parser.h.
//
// Shape    tokens in, program out. Open blocks stand on an explicit stack.
// Errors   InvalidInput, Unsupported, LimitExceeded, with the place; an unclosed block is reported where it began.
// Threads  one.
// Limits   kTemplateNestingMax, kTemplateProgramMax.
#pragma once

#include "template/lexer.h"
#include "template/program.h"

namespace galley::templates {

Result<Program> parse_program(const TokenizedTemplate& tokenized);

}  // namespace galley::templates
