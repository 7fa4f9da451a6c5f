// src/template/renderer.h — runs a program over data: a stack of values, a frame for each open loop, and the output.
//
// Errors   InvalidInput (with the line in Error::where), LimitExceeded.
// Owner    borrows program and data.
// Threads  one render, one thread.
// Limits   RenderLimits; the stack is as deep as the parser let expressions nest.
#pragma once

#include "template/program.h"
#include "template/template.h"

namespace galley::templates {

Result<std::string> run_program(const Program& program, const codec::JsonValue& data, const RenderLimits& limits);

}  // namespace galley::templates
