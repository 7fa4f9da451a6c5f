#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "template/template.h"

namespace galley::templates {
namespace {

using testing::HasSubstr;

struct ParseErrorCase {
    const char* name;
    const char* text;
    ErrorCode code;
    const char* where;
    const char* message;
};

class TemplateParseError : public testing::TestWithParam<ParseErrorCase> {};

TEST_P(TemplateParseError, SaysWhatAndWhere) {
    const auto parsed = Template::parse(GetParam().text);
    ASSERT_FALSE(parsed);
    EXPECT_EQ(parsed.error().code, GetParam().code) << parsed.error().to_string();
    EXPECT_EQ(parsed.error().where, GetParam().where) << parsed.error().to_string();
    EXPECT_THAT(parsed.error().message, HasSubstr(GetParam().message));
}

constexpr ErrorCode kBad = ErrorCode::InvalidInput;
constexpr ErrorCode kLater = ErrorCode::Unsupported;

INSTANTIATE_TEST_SUITE_P(
    Tags, TemplateParseError,
    testing::Values(
        ParseErrorCase{"PrintNotClosed", "a\n {{ x", kBad, "2:2", "not closed by }}"},
        ParseErrorCase{"BlockNotClosed", "{% if x }}", kBad, "1:1", "not closed by %}"},
        ParseErrorCase{"CommentNotClosed", "é{# x", kBad, "1:2", "not closed by #}"},
        ParseErrorCase{"TextNotClosed", "{{ 'x }}", kBad, "1:4", "quote"},
        ParseErrorCase{"EmptyPrint", "{{ }}", kBad, "1:4", "expected a value"},
        ParseErrorCase{"TwoValues", "{{ a b }}", kBad, "1:6", "found \"b\""},
        ParseErrorCase{"StrangeCharacter", "{{ a ; }}", kBad, "1:6", "unexpected character"},
        ParseErrorCase{"UnknownTag", "{% fi %}", kBad, "1:4", "unknown tag \"fi\""},
        ParseErrorCase{"EmptyTag", "{% %}", kBad, "1:4", "tag's name"},
        ParseErrorCase{"IfNotClosed", "\n{% if x %}a", kBad, "2:4", "not closed by {% endif %}"},
        ParseErrorCase{"ForNotClosed", "{% for x in y %}a", kBad, "1:4", "not closed by {% endfor %}"},
        ParseErrorCase{"CrossedBlocks", "{% if x %}{% for a in b %}{% endif %}", kBad, "1:30", "closes no if"},
        ParseErrorCase{"EndforInIf", "{% if x %}{% endfor %}", kBad, "1:14", "closes no for"},
        ParseErrorCase{"LoneElse", "{% else %}", kBad, "1:4", "stands in no if"},
        ParseErrorCase{"ElseTwice", "{% if x %}{% else %}{% else %}{% endif %}", kBad, "1:24", "comes twice"},
        ParseErrorCase{"ElifAfterElse", "{% if x %}{% else %}{% elif y %}", kBad, "1:24", "after its else"},
        ParseErrorCase{"ElifInFor", "{% for x in y %}{% elif y %}", kBad, "1:20", "stands in no if"},
        ParseErrorCase{"ForWithoutIn", "{% for x of y %}", kBad, "1:10", "expected \"in\""},
        ParseErrorCase{"ForOverReservedWord", "{% for in in y %}", kBad, "1:8", "loop variable's name"},
        ParseErrorCase{"ConditionMissing", "{% if %}", kBad, "1:7", "expected a value"},
        ParseErrorCase{"LaterTag", "{% set x = 1 %}", kLater, "1:4", "not offered yet"},
        ParseErrorCase{"TwoLoopVariables", "{% for k, v in o %}", kLater, "1:9", "one variable"},
        ParseErrorCase{"LoopFilter", "{% for x in y if x %}", kLater, "1:15", "loop filters"}),
    [](const auto& info) { return info.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Expressions, TemplateParseError,
    testing::Values(ParseErrorCase{"UnknownFilter", "{{ x|nope }}", kLater, "1:6", "\"nope\""},
                    ParseErrorCase{"FilterArguments", "{{ x|replace('a') }}", kBad, "1:6", "other arguments"},
                    ParseErrorCase{"FilterNameMissing", "{{ x| }}", kBad, "1:7", "filter's name"},
                    ParseErrorCase{"ParenthesisOpen", "{{ (x }}", kBad, "1:7", "expected \")\""},
                    ParseErrorCase{"BracketOpen", "{{ x[1 }}", kBad, "1:8", "expected \"]\""},
                    ParseErrorCase{"ArgumentsOpen", "{{ '{}'.format(x }}", kBad, "1:18", "expected \",\""},
                    ParseErrorCase{"DotWithoutName", "{{ x. }}", kBad, "1:7", "name after the dot"},
                    ParseErrorCase{"OrWithoutRight", "{{ x or }}", kBad, "1:9", "expected a value"},
                    ParseErrorCase{"ReservedWord", "{{ if }}", kBad, "1:4", "expected a value"},
                    ParseErrorCase{"HugeNumber", "{{ 99999999999999999999 }}", kBad, "1:4", "too large"},
                    ParseErrorCase{"BadEscape", "{{ '\\xZZ' }}", kBad, "1:5", "bad escape"},
                    ParseErrorCase{"Surrogate", "{{ '\\ud800' }}", kBad, "1:5", "bad escape"},
                    ParseErrorCase{"DictMethod", "{{ o.items }}", kLater, "1:6", "write [\"items\"]"},
                    ParseErrorCase{"Call", "{{ f(x) }}", kLater, "1:5", "can be called"},
                    ParseErrorCase{"OtherMethod", "{{ 'x'.join(y) }}", kLater, "1:12", "can be called"},
                    ParseErrorCase{"NamedArgument", "{{ x|default(value=1) }}", kLater, "1:19", "by place"},
                    ParseErrorCase{"Arithmetic", "{{ a + b }}", kLater, "1:6", "arithmetic"},
                    ParseErrorCase{"Concatenation", "{{ a ~ b }}", kLater, "1:6", "arithmetic and ~"},
                    ParseErrorCase{"In", "{{ a in b }}", kLater, "1:6", "\"in\""},
                    ParseErrorCase{"ComparisonChain", "{{ 1 < 2 < 3 }}", kLater, "1:10", "two values at a time"},
                    ParseErrorCase{"ListLiteral", "{{ [1] }}", kLater, "1:4", "literals"},
                    ParseErrorCase{"Tuple", "{{ (1, 2) }}", kLater, "1:6", "tuples"},
                    ParseErrorCase{"SliceStep", "{{ x[::2] }}", kLater, "1:7", "step"},
                    ParseErrorCase{"OtherTest", "{{ x is odd }}", kLater, "1:9", "tests"},
                    ParseErrorCase{"WholeLoop", "{% for x in y %}{{ loop }}", kLater, "1:25", "\"loop\""}),
    [](const auto& info) { return info.param.name; });

codec::JsonDocument json(std::string_view text) {
    return std::move(*codec::JsonDocument::parse(text));
}

Error render_error(std::string_view text, std::string_view data, const RenderLimits& limits = {}) {
    const auto parsed = Template::parse(text);
    EXPECT_TRUE(parsed) << text << ": " << parsed.error().to_string();
    if (!parsed) return {};
    const auto out = parsed->render(json(data).root(), limits);
    EXPECT_FALSE(out) << text << " gave " << *out;
    return out ? Error{} : out.error();
}

struct RenderErrorCase {
    const char* name;
    const char* text;
    const char* message;
};

class TemplateRenderError : public testing::TestWithParam<RenderErrorCase> {};

TEST_P(TemplateRenderError, SaysWhatAndTheLine) {
    const Error error =
        render_error(std::string("\n\n") + GetParam().text, R"({"l":[1],"o":{},"n":null,"s":"x","i":5})");
    EXPECT_EQ(error.code, ErrorCode::InvalidInput) << error.to_string();
    EXPECT_EQ(error.where, "3");
    EXPECT_THAT(error.message, HasSubstr(GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(
    Kinds, TemplateRenderError,
    testing::Values(RenderErrorCase{"MemberOfUndefined", "{{ nothing.x }}", "\"x\" of something undefined"},
                    RenderErrorCase{"ItemOfUndefined", "{{ nothing[0] }}", "undefined"},
                    RenderErrorCase{"SliceOfUndefined", "{{ nothing[:1] }}", "cannot slice undefined"},
                    RenderErrorCase{"SliceOfNone", "{{ n[:1] }}", "cannot slice none"},
                    RenderErrorCase{"SliceBound", "{{ s[:'x'] }}", "whole numbers"},
                    RenderErrorCase{"PrintList", "{{ l }}", "cannot print a list"},
                    RenderErrorCase{"PrintObject", "{{ o }}", "cannot print an object"},
                    RenderErrorCase{"LoopOverNone", "{% for x in n %}{% endfor %}", "cannot loop over none"},
                    RenderErrorCase{"LoopOverNumber", "{% for x in i %}{% endfor %}", "cannot loop over a number"},
                    RenderErrorCase{"OrderOfKinds", "{{ 1 < 'a' }}", "cannot order"},
                    RenderErrorCase{"CompareLists", "{{ l == l }}", "cannot compare"},
                    RenderErrorCase{"NegateText", "{{ -s }}", "cannot negate"},
                    RenderErrorCase{"FormatOfNumber", "{{ i.format(1) }}", "format needs text"},
                    RenderErrorCase{"FormatText", "{{ '{:,}'.format(s) }}", "needs a number, not text"},
                    RenderErrorCase{"FormatUndefined", "{{ '{:,}'.format(x) }}", "needs a number, not undefined"},
                    RenderErrorCase{"FormatTooFew", "{{ '{}{}'.format(1) }}", "too few"},
                    RenderErrorCase{"FormatBrace", "{{ '{'.format(1) }}", "single brace"},
                    RenderErrorCase{"FormatMixed", "{{ '{}{0}'.format(1) }}", "mixed"},
                    RenderErrorCase{"FormatPrecision", "{{ '{:.999f}'.format(1) }}", "precision"}),
    [](const auto& info) { return info.param.name; });

TEST(TemplateLimits, OutputEnds) {
    const Error error =
        render_error("{% for x in l %}0123456789{% endfor %}", "{\"l\":[1,2,3,4,5,6,7,8,9]}", {.output_bytes_max = 50});
    EXPECT_EQ(error.code, ErrorCode::LimitExceeded);
    EXPECT_THAT(error.message, HasSubstr("output"));
}

TEST(TemplateLimits, TextsOnTheWayEnd) {
    std::string text = "{{ 'aaaaaaaa'";
    for (int i = 0; i < 12; ++i) text += "|replace('a', 'aaaaaaaa')";
    EXPECT_EQ(render_error(text + " }}", "{}").code, ErrorCode::LimitExceeded);
}

TEST(TemplateLimits, NestedLoopsEnd) {
    std::string list = "[0";
    for (int i = 0; i < 99; ++i) list += ",0";
    std::string text;
    for (int i = 0; i < 8; ++i) text += "{% for x in l %}";
    for (int i = 0; i < 8; ++i) text += "{% endfor %}";
    const Error error = render_error(text, "{\"l\":" + list + "]}", {.steps_max = 100'000});
    EXPECT_EQ(error.code, ErrorCode::LimitExceeded);
    EXPECT_THAT(error.message, HasSubstr("steps"));
}

std::string repeated(std::string_view piece, std::size_t count) {
    std::string text;
    for (std::size_t i = 0; i < count; ++i) text += piece;
    return text;
}

TEST(TemplateLimits, BlocksNestAsDeepAsTheLimitAndNoDeeper) {
    const auto nested = [](std::size_t depth) {
        return Template::parse(repeated("{% if x %}", depth) + repeated("{% endif %}", depth));
    };
    EXPECT_TRUE(nested(kTemplateNestingMax));
    ASSERT_FALSE(nested(kTemplateNestingMax + 1));
    EXPECT_EQ(nested(kTemplateNestingMax + 1).error().code, ErrorCode::LimitExceeded);
}

TEST(TemplateLimits, ExpressionsNestAsDeepAsTheLimitAndNoDeeper) {
    const auto nested = [](std::size_t depth) {
        return Template::parse("{{ " + repeated("(", depth) + "x" + repeated(")", depth) + " }}");
    };
    EXPECT_TRUE(nested(kTemplateNestingMax - 1));
    ASSERT_FALSE(nested(kTemplateNestingMax));
    EXPECT_EQ(nested(kTemplateNestingMax).error().code, ErrorCode::LimitExceeded);
    EXPECT_EQ(Template::parse("{{ x" + repeated("[x", 100'000)).error().code, ErrorCode::InvalidInput);
    EXPECT_EQ(Template::parse("{{ x" + repeated(" if x else x", 1000) + " }}").error().code, ErrorCode::LimitExceeded);
}

TEST(TemplateLimits, LongChainsAreNotDeep) {
    const auto long_or = Template::parse("{{ x" + repeated(" or x", 10'000) + " }}");
    ASSERT_TRUE(long_or);
    EXPECT_EQ(long_or->render(json("{}").root()), "");
    const auto long_not = Template::parse("{{ " + repeated("not ", 10'001) + "x }}");
    ASSERT_TRUE(long_not);
    EXPECT_EQ(long_not->render(json("{}").root()), "True");
}

TEST(TemplateLimits, TemplatesHaveASize) {
    EXPECT_TRUE(Template::parse(std::string(kTemplateBytesMax, 'x')));
    EXPECT_EQ(Template::parse(std::string(kTemplateBytesMax + 1, 'x')).error().code, ErrorCode::LimitExceeded);
    EXPECT_EQ(Template::parse(repeated("{{x}}", kTemplateProgramMax / 2 + 1)).error().code, ErrorCode::LimitExceeded);
}

}  // namespace
}  // namespace galley::templates
