#include "document/svg/values.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "document/svg/number_reader.h"

namespace galley::document {

namespace {

constexpr std::size_t kListMax = 100'000;

struct Unit {
    std::string_view name;
    double px;
};
constexpr Unit kUnits[] = {{"px", 1},         {"pt", 96.0 / 72}, {"pc", 16},       {"mm", 96 / 25.4},
                           {"cm", 96 / 2.54}, {"in", 96},        {"q", 96 / 101.6}};

std::optional<double> read_length_at(NumberReader& reader, SvgAxis axis, const SvgLengths& lengths) {
    const auto number = reader.number();
    if (!number) return std::nullopt;
    const std::string_view rest = reader.rest();
    if (rest.starts_with('%')) {
        reader.skip(1);
        return *number / 100 * lengths.viewport.reference(axis);
    }
    std::size_t length = 0;
    while (length < rest.size() && ((rest[length] | 32) >= 'a' && (rest[length] | 32) <= 'z')) ++length;
    const std::string unit = css_lowered(rest.substr(0, length));
    reader.skip(length);
    if (unit.empty()) return number;
    if (unit == "em") return *number * lengths.font_size_px;
    if (unit == "rem") return *number * 16;
    if (unit == "ex" || unit == "ch") return *number * lengths.font_size_px / 2;
    for (const Unit& known : kUnits)
        if (known.name == unit) return *number * known.px;
    return std::nullopt;
}

bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// One function of a transform list; `count` arguments are given.
std::optional<Matrix> transform_of(std::string_view name, const std::array<double, 6>& v, std::size_t count) {
    constexpr double kRadians = 0.017453292519943295;
    if (name == "matrix" && count == 6) return Matrix{v[0], v[1], v[2], v[3], v[4], v[5]};
    if (name == "translate" && (count == 1 || count == 2)) return Matrix::translation(v[0], count == 2 ? v[1] : 0);
    if (name == "translatex" && count == 1) return Matrix::translation(v[0], 0);
    if (name == "translatey" && count == 1) return Matrix::translation(0, v[0]);
    if (name == "scale" && (count == 1 || count == 2)) return Matrix::scaling(v[0], count == 2 ? v[1] : v[0]);
    if (name == "scalex" && count == 1) return Matrix::scaling(v[0], 1);
    if (name == "scaley" && count == 1) return Matrix::scaling(1, v[0]);
    if (name == "rotate" && count == 1) return Matrix::rotation(v[0]);
    if (name == "rotate" && count == 3)
        return Matrix::translation(v[1], v[2]) * Matrix::rotation(v[0]) * Matrix::translation(-v[1], -v[2]);
    if (name == "skewx" && count == 1) return Matrix{1, 0, std::tan(v[0] * kRadians), 1, 0, 0};
    if (name == "skewy" && count == 1) return Matrix{1, std::tan(v[0] * kRadians), 0, 1, 0, 0};
    return std::nullopt;
}

// A number of a transform function in user units or degrees.
std::optional<double> transform_argument(NumberReader& reader) {
    const auto number = reader.number();
    if (!number) return std::nullopt;
    std::size_t length = 0;
    while (length < reader.rest().size() && is_letter(reader.rest()[length])) ++length;
    const std::string unit = css_lowered(reader.rest().substr(0, length));
    reader.skip(length);
    if (unit.empty() || unit == "px" || unit == "deg") return number;
    if (unit == "rad") return *number * 57.29577951308232;
    if (unit == "turn") return *number * 360;
    if (unit == "grad") return *number * 0.9;
    return std::nullopt;
}

}  // namespace

std::optional<double> read_svg_length(std::string_view text, SvgAxis axis, const SvgLengths& lengths) {
    NumberReader reader(text);
    const auto length = read_length_at(reader, axis, lengths);
    return reader.done() ? length : std::nullopt;
}

std::vector<double> read_svg_lengths(std::string_view text, SvgAxis axis, const SvgLengths& lengths) {
    std::vector<double> out;
    NumberReader reader(text);
    while (!reader.done() && out.size() < kListMax) {
        const auto length = read_length_at(reader, axis, lengths);
        if (!length) break;
        out.push_back(*length);
    }
    return out;
}

std::optional<double> read_share(std::string_view text) {
    NumberReader reader(text);
    auto number = reader.number();
    if (number && reader.peek() == '%') {
        reader.take();
        *number /= 100;
    }
    return reader.done() ? number : std::nullopt;
}

double used_length(const LengthValue& value, double reference) {
    return value.px + value.percent / 100 * reference;
}

std::optional<Matrix> read_transforms(std::string_view text) {
    NumberReader reader(text);
    Matrix out;
    for (std::size_t functions = 0; !reader.done() && functions < kListMax; ++functions) {
        if (reader.peek() == ',') reader.take();
        reader.skip_space();
        std::size_t length = 0;
        while (length < reader.rest().size() && is_letter(reader.rest()[length])) ++length;
        const std::string name = css_lowered(reader.rest().substr(0, length));
        reader.skip(length);
        if (name == "none" && reader.done()) return out;
        reader.skip_space();
        if (name.empty() || reader.take() != '(') return std::nullopt;
        std::array<double, 6> values{};
        std::size_t count = 0;
        while (count < values.size()) {
            const auto value = transform_argument(reader);
            if (!value) break;
            values[count++] = *value;
        }
        reader.skip_space();
        const auto matrix = transform_of(name, values, count);
        if (!matrix || reader.take() != ')') return std::nullopt;
        out = out * *matrix;
    }
    return out;
}

std::optional<ViewBox> read_view_box(std::string_view text) {
    NumberReader reader(text);
    const auto x = reader.number();
    const auto y = x ? reader.number() : std::nullopt;
    const auto width = y ? reader.number() : std::nullopt;
    const auto height = width ? reader.number() : std::nullopt;
    if (!height || *width <= 0 || *height <= 0) return std::nullopt;
    return ViewBox{*x, *y, *width, *height};
}

AspectRatio read_aspect_ratio(std::string_view text) {
    AspectRatio out;
    out.stretch = text.find("none") != std::string_view::npos;
    out.slice = text.find("slice") != std::string_view::npos;
    const auto share = [&](std::string_view least, std::string_view most) {
        return text.find(least) != std::string_view::npos ? 0.0 : text.find(most) != std::string_view::npos ? 1.0 : 0.5;
    };
    out.x = share("xMin", "xMax");
    out.y = share("YMin", "YMax");
    return out;
}

Matrix view_box_matrix(const ViewBox& box, const AspectRatio& ratio, double width, double height) {
    double sx = width / box.width, sy = height / box.height;
    if (!ratio.stretch) sx = sy = ratio.slice ? std::max(sx, sy) : std::min(sx, sy);
    const double x = ratio.stretch ? 0 : (width - box.width * sx) * ratio.x;
    const double y = ratio.stretch ? 0 : (height - box.height * sy) * ratio.y;
    return {sx, 0, 0, sy, x - box.x * sx, y - box.y * sy};
}

}  // namespace galley::document
