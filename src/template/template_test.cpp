#include "template/template.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>

namespace galley::templates {
namespace {

codec::JsonDocument json(std::string_view text) {
    auto document = codec::JsonDocument::parse(text);
    EXPECT_TRUE(document) << document.error().to_string();
    return std::move(*document);
}

std::string render(std::string_view text, const codec::JsonValue& data) {
    const auto parsed = Template::parse(text);
    if (!parsed) return parsed.error().to_string();
    const auto out = parsed->render(data);
    return out ? *out : out.error().to_string();
}

// The table's truth about Jinja is checked by testdata/check_cases.py against Jinja itself.
TEST(Template, RendersEveryCaseOfTheTableAsJinjaDoes) {
    std::ifstream file(GALLEY_SOURCE_DIR "/src/template/testdata/cases.json");
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    const auto cases = json(text);
    ASSERT_GT(cases.root().size(), 50U);
    cases.root().for_each_element([](const codec::JsonValue& row) {
        const auto field = [&row](std::string_view name) { return std::string(row.find(name)->string()); };
        EXPECT_EQ(render(field("template"), *row.find("data")), field("want")) << field("name");
    });
}

TEST(Template, DumpShowsOneInstructionALine) {
    const auto parsed = Template::parse("a{% for x in l %}\n{{ x.n|upper or 'y' }}{% else %}none{% endfor %}");
    ASSERT_TRUE(parsed) << parsed.error().to_string();
    EXPECT_EQ(parsed->dump(),
              "1: text \"a\"\n"
              "1: load_variable \"l\"\n"
              "1: loop_begin 10\n"
              "1: text \"\\n\"\n"
              "2: load_loop_item 0\n"
              "2: member \"n\"\n"
              "2: filter upper 0\n"
              "2: jump_if_true_or_pop 2\n"
              "2: push_text \"y\"\n"
              "2: print\n"
              "2: loop_next -7\n"
              "2: jump 2\n"
              "2: text \"none\"\n");
}

TEST(Template, OneProgramRendersManyTimes) {
    const auto parsed = Template::parse("{% for x in l %}{{ x }}{% endfor %}");
    ASSERT_TRUE(parsed);
    EXPECT_EQ(parsed->render(json(R"({"l":[1,2]})").root()), "12");
    EXPECT_EQ(parsed->render(json(R"({"l":["a"]})").root()), "a");
}

TEST(Template, TheProgramOutlivesTheTextItWasMadeFrom) {
    auto text = std::make_unique<std::string>("{{ 'long enough not to be stored inside the string'|upper }}");
    const auto parsed = Template::parse(*text);
    text.reset();
    EXPECT_EQ(parsed->render(json("{}").root()), "LONG ENOUGH NOT TO BE STORED INSIDE THE STRING");
}

TEST(Template, DataThatIsNoObjectHasNoVariables) {
    EXPECT_EQ(render("[{{ x }}]", json("[1]").root()), "[]");
}

}  // namespace
}  // namespace galley::templates
