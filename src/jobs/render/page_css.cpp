#include "jobs/render/page_css.h"

#include <algorithm>
#include <cctype>
#include <vector>

namespace galley::jobs {

namespace {

constexpr std::string_view kSizes[] = {"a0",     "a1",     "a2",     "a3",      "a4",     "a5",     "a6",     "a7",
                                       "a8",     "a9",     "a10",    "b0",      "b1",     "b2",     "b3",     "b4",
                                       "b5",     "b6",     "b7",     "b8",      "b9",     "b10",    "c0",     "c1",
                                       "c2",     "c3",     "c4",     "c5",      "c6",     "c7",     "c8",     "c9",
                                       "c10",    "jis-b0", "jis-b1", "jis-b2",  "jis-b3", "jis-b4", "jis-b5", "jis-b6",
                                       "jis-b7", "jis-b8", "jis-b9", "jis-b10", "letter", "legal",  "ledger"};
constexpr std::string_view kUnits[] = {"mm", "cm", "in", "pt", "pc", "px", "q"};

std::vector<std::string> words(std::string_view text) {
    std::vector<std::string> out(1);
    for (const char c : text) {
        if (c != ' ')
            out.back() += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
        else if (!out.back().empty())
            out.emplace_back();
    }
    if (out.back().empty()) out.pop_back();
    return out;
}

bool is_length(std::string_view word) {
    const auto number_end = std::ranges::find_if(word, [](char c) { return (c < '0' || c > '9') && c != '.'; });
    const auto length = static_cast<std::size_t>(number_end - word.begin());
    const std::string_view number = word.substr(0, length), unit = word.substr(length);
    if (number.empty() || number == "." || std::ranges::count(number, '.') > 1) return false;
    return std::ranges::find(kUnits, unit) != std::end(kUnits);
}

bool is_orientation(std::string_view word) {
    return word == "portrait" || word == "landscape";
}

bool is_size(std::string_view word) {
    return std::ranges::find(kSizes, word) != std::end(kSizes);
}

}  // namespace

Result<void> check_page_size(std::string_view text) {
    const std::vector<std::string> parts = words(text);
    const std::size_t count = parts.size();
    const bool named = (count == 1 && (is_size(parts[0]) || is_orientation(parts[0]))) ||
                       (count == 2 && is_size(parts[0]) && is_orientation(parts[1])) ||
                       (count == 2 && is_orientation(parts[0]) && is_size(parts[1]));
    const bool lengths = (count == 1 || count == 2) && std::ranges::all_of(parts, is_length);
    if (named || lengths) return {};
    return fail(ErrorCode::InvalidInput, "must be a page size such as \"A4\", \"letter landscape\" or \"100mm 150mm\"");
}

Result<void> check_margin(std::string_view text) {
    const std::vector<std::string> parts = words(text);
    const bool good = !parts.empty() && parts.size() <= 4 && std::ranges::all_of(parts, [](const std::string& word) {
        return word == "0" || is_length(word);
    });
    if (good) return {};
    return fail(ErrorCode::InvalidInput, "must be one to four lengths such as \"2cm\" or \"20mm 15mm\"");
}

std::string page_rule(std::string_view size, std::string_view margin) {
    std::string out = "@page{";
    if (!size.empty()) out.append("size:").append(size).append(";");
    if (!margin.empty()) out.append("margin:").append(margin).append(";");
    return out + "}";
}

}  // namespace galley::jobs
