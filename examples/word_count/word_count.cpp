// A Galley server with one kind of task of its own: word_count, which counts the words of some texts.
#include <galley/galley.h>

#include <algorithm>
#include <cctype>

namespace {

struct Texts {
    std::vector<std::string> texts;
    int top = 10;  // so many of the most frequent words are told

    static constexpr auto galley_fields() {
        return std::tuple(galley::field("texts", &Texts::texts), galley::defaulted("top", &Texts::top));
    }
};

struct Word {
    std::string word;
    std::int64_t count = 0;

    static constexpr auto galley_fields() {
        return std::tuple(galley::field("word", &Word::word), galley::field("count", &Word::count));
    }
};

struct Counted {
    std::int64_t words = 0;
    std::vector<Word> top;

    static constexpr auto galley_fields() {
        return std::tuple(galley::field("words", &Counted::words), galley::field("top", &Counted::top));
    }
};

using Counts = std::map<std::string, std::int64_t>;

Counts count_words(const std::string& text) {
    Counts counts;
    std::string word;
    for (const char c : text + ' ') {
        const auto byte = static_cast<unsigned char>(c);
        if (std::isalnum(byte) != 0 || byte >= 0x80) {  // letters beyond ASCII belong to their word
            word += static_cast<char>(std::tolower(byte));
        } else if (!word.empty()) {
            ++counts[word];
            word.clear();
        }
    }
    return counts;
}

Counted summary(const Counts& counts, std::size_t top) {
    Counted counted;
    for (const auto& [word, count] : counts) {
        counted.words += count;
        counted.top.push_back({word, count});
    }
    std::ranges::sort(counted.top, [](const Word& a, const Word& b) {
        return std::tie(b.count, a.word) < std::tie(a.count, b.word);
    });
    counted.top.resize(std::min(counted.top.size(), top));
    return counted;
}

// Each text is a step: a task that is tried again, after a crash too, counts only the texts that are left.
Counted run(galley::Context& context, const Texts& input) {
    if (input.texts.empty()) throw galley::Fail{"there is no text to count", "/texts"};
    if (input.top < 1 || input.top > 100) throw galley::Fail{"must be from 1 to 100", "/top"};
    Counts total;
    for (std::size_t i = 0; i < input.texts.size(); ++i) {
        const std::string name = "text " + std::to_string(i + 1);
        for (const auto& [word, count] : context.step(name, [&] { return count_words(input.texts[i]); }))
            total[word] += count;
        context.progress(static_cast<int>(100 * (i + 1) / input.texts.size()), name + " counted");
    }
    context.log(std::to_string(total.size()) + " different words");
    return summary(total, static_cast<std::size_t>(input.top));
}

}  // namespace

int main(int argc, char** argv) {
    galley::Server server({.name = "word_count", .summary = "A Galley server that counts words"});
    server.register_kind<Texts, Counted>("word_count", {.max_attempts = 5}, run);
    return server.run(argc, argv);
}
