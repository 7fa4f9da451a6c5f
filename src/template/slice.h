// src/template/slice.h — value[i] and value[start:end], counted as Python counts: in characters, negative from the end.
//
// Shape    item_at gives undefined outside the range; slice_of cuts the range to what there is.
// Errors   slice_of: InvalidInput (bounds that are no whole numbers, a value that has no parts).
// Threads  any.
#pragma once

#include <cstdint>

#include "template/value.h"

namespace galley::templates {

Value item_at(const Value& value, std::int64_t index);
// A bound is a whole number, or none for "from the start" and "to the end".
Result<Value> slice_of(const Value& value, const Value& start, const Value& end);

}  // namespace galley::templates
