#include "metrics/text.h"

#include <array>
#include <charconv>
#include <cmath>
#include <span>

namespace galley::metrics {

namespace {

// Three or fewer to a decade, dense where requests (0.5–50 ms) and renders (50 ms–10 s) live.
constexpr std::array kSecondsBounds = {0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05,  0.1,   0.25,
                                       0.5,     1.0,    2.5,   5.0,    10.0,  30.0, 60.0,  300.0, 1800.0};
constexpr std::array kBytesBounds = {256.0,     1024.0,    4096.0,     16384.0,    65536.0,     262144.0,
                                     1048576.0, 4194304.0, 16777216.0, 67108864.0, 268435456.0, 1073741824.0};
constexpr std::array kOtherBounds = {1.0,   2.0,   5.0,    10.0,   20.0,   50.0,    100.0,
                                     200.0, 500.0, 1000.0, 2000.0, 5000.0, 10000.0, 100000.0};

std::span<const double> bounds_for(std::string_view name) {
    if (name.ends_with("_seconds")) return kSecondsBounds;
    if (name.ends_with("_bytes")) return kBytesBounds;
    return kOtherBounds;
}

void append_number(std::string& out, double value) {
    if (std::isnan(value)) {
        out += "NaN";
    } else if (std::isinf(value)) {
        out += value > 0 ? "+Inf" : "-Inf";
    } else {
        std::array<char, 32> text{};
        out.append(text.data(), std::to_chars(text.data(), text.data() + text.size(), value).ptr);
    }
}

void append_escaped(std::string& out, std::string_view text, bool escape_quotes) {
    for (const char c : text) {
        if (c == '\n') {
            out += "\\n";
        } else if (c == '\\' || (c == '"' && escape_quotes)) {
            out += '\\';
            out += c;
        } else {
            out += c;
        }
    }
}

void append_label(std::string& out, std::string_view name, std::string_view value) {
    out += out.back() == '{' ? "" : ",";
    out += name;
    out += "=\"";
    append_escaped(out, value, true);
    out += '"';
}

void append_labels(std::string& out, const Labels& labels) {
    if (labels.empty()) return;
    out += '{';
    for (const auto& [name, value] : labels) append_label(out, name, value);
    out += '}';
}

void append_value(std::string& out, double value) {
    out += ' ';
    append_number(out, value);
    out += '\n';
}

void append_bucket(std::string& out, std::string_view name, const Labels& labels, double bound, std::uint64_t count) {
    std::string bound_text;
    append_number(bound_text, bound);
    out += name;
    out += "_bucket{";
    for (const auto& [label, value] : labels) append_label(out, label, value);
    append_label(out, "le", bound_text);
    out += '}';
    append_value(out, static_cast<double>(count));
}

}  // namespace

void append_head(std::string& out, std::string_view name, std::string_view help, std::string_view type) {
    out.append("# HELP ").append(name) += ' ';
    append_escaped(out, help, false);
    out.append("\n# TYPE ").append(name).append(" ").append(type) += '\n';
}

void append_sample(std::string& out, std::string_view name, const Labels& labels, double value) {
    out += name;
    append_labels(out, labels);
    append_value(out, value);
}

void append_histogram(std::string& out, std::string_view name, const Labels& labels, const Sketch& sketch) {
    for (const double bound : bounds_for(name)) append_bucket(out, name, labels, bound, sketch.count_at_most(bound));
    append_bucket(out, name, labels, std::numeric_limits<double>::infinity(), sketch.count());
    append_sample(out, std::string(name) + "_sum", labels, sketch.sum());
    append_sample(out, std::string(name) + "_count", labels, static_cast<double>(sketch.count()));
}

}  // namespace galley::metrics
