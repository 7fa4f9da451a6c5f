#include "load/record.h"

#include <algorithm>
#include <cmath>

namespace galley::load {

namespace {

// Nearest rank. Sorts what it is given.
std::uint32_t quantile(std::vector<std::uint32_t>& values, double q) {
    if (values.empty()) return 0;
    const auto rank = static_cast<std::size_t>(std::ceil(q * static_cast<double>(values.size())));
    return values[std::clamp<std::size_t>(rank, 1, values.size()) - 1];
}

std::uint32_t microseconds(double seconds) {
    return static_cast<std::uint32_t>(std::clamp(seconds * 1e6, 0.0, 4e9));
}

void write_figures(std::ostream& out, std::vector<std::uint32_t> values) {
    std::ranges::sort(values);
    out << "\"count\":" << values.size() << ",\"p50\":" << quantile(values, 0.5)
        << ",\"p99\":" << quantile(values, 0.99) << ",\"p999\":" << quantile(values, 0.999)
        << ",\"max\":" << (values.empty() ? 0 : values.back());
}

void write_text(std::ostream& out, std::string_view text) {
    out << '"';
    for (const char c : text) {
        if (c == '"' || c == '\\') out << '\\';
        out << (c >= ' ' && c <= '~' ? c : ' ');
    }
    out << '"';
}

}  // namespace

Record::Record(std::vector<std::string> routes, double window_seconds) : window_seconds_(window_seconds) {
    for (std::string& name : routes) routes_.push_back({std::move(name), {}, {}});
}

void Record::note(std::size_t route, double due_seconds, double latency_seconds) {
    auto& windows = routes_[route].windows;
    const auto window = static_cast<std::size_t>(due_seconds / window_seconds_);
    if (windows.size() <= window) windows.resize(window + 1);
    windows[window].push_back(microseconds(latency_seconds));
}

void Record::note_unexpected(std::size_t route, int status, std::string_view text) {
    ++routes_[route].unexpected[status];
    if (examples_.size() == kExamplesMax) return;
    examples_.push_back(routes_[route].name + " " + std::to_string(status) + " " + std::string(text.substr(0, 400)));
}

void Record::note_lateness(double seconds) {
    lateness_.push_back(microseconds(seconds));
}

void Record::write_route(std::ostream& out, const Route& route) const {
    std::vector<std::uint32_t> all;
    for (const auto& window : route.windows) all.insert(all.end(), window.begin(), window.end());
    out << "{\"name\":\"" << route.name << "\",";
    write_figures(out, std::move(all));
    out << ",\"unexpected\":{";
    const char* comma = "";
    for (const auto& [status, count] : route.unexpected) {
        out << comma << '"' << status << "\":" << count;
        comma = ",";
    }
    out << "},\"windows\":[";
    comma = "";
    for (const auto& window : route.windows) {
        out << comma << '{';
        write_figures(out, window);
        out << '}';
        comma = ",";
    }
    out << "]}";
}

void Record::write(std::ostream& out, double seconds) const {
    out << "{\"seconds\":" << seconds << ",\"window_seconds\":" << window_seconds_ << ",\"lateness\":{";
    write_figures(out, lateness_);
    out << "},\"routes\":[";
    const char* comma = "\n";
    for (const Route& route : routes_) {
        out << comma;
        write_route(out, route);
        comma = ",\n";
    }
    out << "\n],\"examples\":[";
    comma = "\n";
    for (const std::string& example : examples_) {
        out << comma;
        write_text(out, example);
        comma = ",\n";
    }
    out << "]}\n";
}

}  // namespace galley::load
