// src/app/settings_docs.h — the table of settings as documents: docs/configuration.md and deploy/galley.toml.
//
// Shape    both are compared with the files by a test; `make docs-update` rewrites them, `galley config reference` and
//          `galley config example` print them.
// Threads  any.
#pragma once

#include <string>

namespace galley::app {

std::string settings_markdown();
// Every key commented out with its default, so that the file changes nothing until a line is uncommented.
std::string settings_example();

}  // namespace galley::app
