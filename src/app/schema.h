// src/app/schema.h — the tables of all modules, in the order in which they are made.
#pragma once

#include <vector>

#include "store/schema.h"

namespace galley::app {

std::vector<store::Component> all_schemas();

}  // namespace galley::app
