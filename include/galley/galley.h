// include/galley/galley.h — all of the public C++ API: link Galley::galley, include this.
//
// Shape    server.h runs a server with kinds of task of your own; context.h is what their handlers see; describe.h
//          turns structs into JSON and back; json.h is JSON itself. Standard C++20, no other library's headers.
// Errors   Failure (json.h).
// Source   docs/handlers.md; examples/.
#pragma once

#include "galley/context.h"
#include "galley/describe.h"
#include "galley/json.h"
#include "galley/server.h"
