// src/document/box/element_counters.h — what elements do to counters, and the counters where a link points to.
//
// Shape    count_element(), count_pseudo() change `counters` as a style says. TargetCounters walks the whole document
//          once and remembers the counters at each element with an id.
// Source   CSS Lists 3 §4; CSS GCPM 3 (target-counter).
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "document/box/counters.h"
#include "document/html/dom.h"
#include "document/style/style_engine.h"

namespace galley::document {

int integer_attribute(const Node& node, std::string_view name, int fallback);

void count_element(Counters& counters, const Node& element, const ComputedStyle& style);
void count_pseudo(Counters& counters, const ComputedStyle& style);

class TargetCounters {
 public:
    explicit TargetCounters(const StyledDocument& styled);
    // 0 for a target or a counter that is not there.
    int value(std::string_view target, std::string_view name) const;

 private:
    std::map<std::string, std::map<std::string, int, std::less<>>, std::less<>> values_;
};

}  // namespace galley::document
