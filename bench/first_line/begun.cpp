// A server with one kind of its own, `begun`: it gives the moment of its handler's first line, as the peer's task does.
#include <galley/galley.h>

#include <chrono>

namespace {

struct Nothing {
    static constexpr auto galley_fields() { return std::tuple(); }
};

// Microseconds since 1970.
std::int64_t begun(galley::Context&, const Nothing&) {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::microseconds>(now).count();
}

}  // namespace

int main(int argc, char** argv) {
    galley::Server server({.name = "begun"});
    server.register_kind<Nothing, std::int64_t>("begun", {}, begun);
    return server.run(argc, argv);
}
