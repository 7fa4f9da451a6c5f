// tests/golden/rule_cases.h — a rule of CSS as a small document and what must stand on its pages.
//
// Shape    Pages of 400 × 200 px without margins, text of 10 px on lines of 20 px, coloured boxes by class: .r .g .b .y.
//          shown(css, body) says in painting order: "red 0,10 50x20" of each filled box of those colours, "clip …" and
//          "end clip", "'text'" of each run, "bookmark 1 'Title'"; "| " begins the next page. `want` is derived from the
//          specification by hand.
#pragma once

#include <gtest/gtest.h>

#include <ostream>
#include <string>

namespace galley::document::testing {

struct RuleCase {
    const char* rule;  // the test's name
    const char* css;
    const char* body;
    const char* want;
};
inline void PrintTo(const RuleCase& test, std::ostream* out) {
    *out << test.rule;
}
inline std::string rule_name(const ::testing::TestParamInfo<RuleCase>& info) {
    return info.param.rule;
}

std::string shown(const std::string& css, const std::string& body);

}  // namespace galley::document::testing
