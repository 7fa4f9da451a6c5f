#include "app/settings_docs.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>

#include "app/load_settings.h"
#include "app/settings_file.h"

namespace galley::app {
namespace {

// GALLEY_UPDATE_DOCS=1 writes the file anew, as `make docs-update` does.
void expect_file(const std::string& name, const std::string& wanted) {
    const std::string path = GALLEY_SOURCE_DIR "/" + name;
    if (std::getenv("GALLEY_UPDATE_DOCS") != nullptr) std::ofstream(path) << wanted;
    std::ifstream in(path);
    const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    EXPECT_EQ(text, wanted) << "run `make docs-update`";
}

TEST(SettingsDocs, TheReferenceIsTheTable) {
    expect_file("docs/configuration.md", settings_markdown());
}

TEST(SettingsDocs, TheExampleFileIsTheTable) {
    expect_file("deploy/galley.toml", settings_example());
}

bool every_table(std::string_view) {
    return true;
}

TEST(SettingsDocs, TheExampleSaysTheDefaultsWhenUncommented) {
    std::string text = settings_example();
    for (std::size_t at = 0; (at = text.find("\n#", at)) != std::string::npos; ++at)
        if (text[at + 2] != ' ') text.erase(at + 1, 1);
    const Result<std::vector<FileSetting>> found = parse_settings(text, "galley.toml", every_table);
    ASSERT_TRUE(found) << found.error().to_string();
    EXPECT_EQ(found->size(), settings().size());
    for (const Setting& setting : settings()) {
        const std::string key = setting.type == SettingType::Secret ? secret_file_key(setting) : setting.key;
        EXPECT_TRUE(std::ranges::find(*found, key, &FileSetting::key) != found->end()) << key;
    }
}

}  // namespace
}  // namespace galley::app
