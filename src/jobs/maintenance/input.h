// src/jobs/maintenance/input.h — reading the small inputs of these kinds: null, or an object of known members.
//
// Errors   InvalidInput with what is wrong and where.
// Threads  any; pure.
#pragma once

#include <string_view>

#include "base/error.h"
#include "codec/json.h"
#include "codec/object_reader.h"

namespace galley::jobs {

// `take` asks the reader for its members; null has none.
template <typename Take>
Result<void> read_input(std::string_view input, Take take) {
    GALLEY_TRY(const codec::JsonDocument document, codec::JsonDocument::parse(input));
    if (document.root().is_null()) return {};
    codec::ObjectReader reader(document.root(), "");
    take(reader);
    return reader.finish();
}

}  // namespace galley::jobs
