// Renders every .html file of this folder and compares the pages' display lists with the .txt file beside it.
// GALLEY_GOLDEN_UPDATE=1 rewrites the .txt files instead.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "document_testing.h"

namespace galley::document::testing {

namespace {

std::filesystem::path golden_folder() {
    return std::filesystem::path(GALLEY_SOURCE_DIR) / "tests" / "golden";
}

std::vector<std::string> golden_names() {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(golden_folder()))
        if (entry.path().extension() == ".html") names.push_back(entry.path().stem().string());
    std::ranges::sort(names);
    return names;
}

class Golden : public ::testing::TestWithParam<std::string> {};

TEST_P(Golden, PagesLookAsRecorded) {
    const std::filesystem::path input = golden_folder() / (GetParam() + ".html");
    const std::filesystem::path expected = golden_folder() / (GetParam() + ".txt");
    const std::string got = dump_pages(read_file(input.string()));
    if (std::getenv("GALLEY_GOLDEN_UPDATE") != nullptr) {
        write_file(expected.string(), got);
        return;
    }
    EXPECT_EQ(got, read_file(expected.string())) << "GALLEY_GOLDEN_UPDATE=1 accepts the new pages";
}

INSTANTIATE_TEST_SUITE_P(Files, Golden, ::testing::ValuesIn(golden_names()), [](const auto& info) {
    std::string name = info.param;
    std::ranges::replace(name, '-', '_');
    return name;
});

TEST(Render, TwoRendersOfOneInputAreTheSameBytes) {
    for (const std::string& name : golden_names()) {
        const std::string html = read_file((golden_folder() / (name + ".html")).string());
        const auto first = render(html), second = render(html);
        ASSERT_TRUE(first && second) << name;
        EXPECT_EQ(first->pdf, second->pdf) << name;
    }
}

}  // namespace

}  // namespace galley::document::testing
