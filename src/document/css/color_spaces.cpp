#include "document/css/color_spaces.h"

#include <algorithm>
#include <cmath>

namespace galley::document {

namespace {

using Matrix = std::array<Channels, 3>;

constexpr Matrix kXyzD65ToSrgb{{{3.2409699419045226, -1.537383177570094, -0.4986107602930034},
                                {-0.9692436362808796, 1.8759675015077202, 0.04155505740717559},
                                {0.05563007969699366, -0.20397695888897652, 1.0569715142428786}}};
constexpr Matrix kD50ToD65{{{0.9554734527042182, -0.023098536874261423, 0.0632593086610217},
                            {-0.028369706963208136, 1.0099954580058226, 0.021041398966943008},
                            {0.012314001688319899, -0.020507696433477912, 1.3303659366080753}}};
constexpr Matrix kOklabToLms{{{1.0, 0.3963377773761749, 0.2158037573099136},
                              {1.0, -0.1055613458156586, -0.0638541728258133},
                              {1.0, -0.0894841775298119, -1.2914855480194092}}};
constexpr Matrix kLmsToSrgb{{{4.076741636075958, -3.307711539258063, 0.2309699031821043},
                             {-1.2684379732850315, 2.6097573492876882, -0.3413193760026573},
                             {-0.004196076138675526, -0.703418617935936, 1.7076146940746117}}};
constexpr Matrix kP3ToXyz{{{0.4865709486482162, 0.26566769316909306, 0.1982172852343625},
                           {0.2289745640697488, 0.6917385218365064, 0.079286914093745},
                           {0.0, 0.04511338185890264, 1.043944368900976}}};

Channels multiply(const Matrix& matrix, const Channels& v) {
    Channels out{};
    for (std::size_t row = 0; row < 3; ++row)
        out[row] = matrix[row][0] * v[0] + matrix[row][1] * v[1] + matrix[row][2] * v[2];
    return out;
}

double encode(double linear) {
    const double size = std::abs(linear);
    const double value = size > 0.0031308 ? 1.055 * std::pow(size, 1 / 2.4) - 0.055 : 12.92 * size;
    return std::copysign(value, linear);
}

double decode(double value) {
    const double size = std::abs(value);
    const double linear = size <= 0.04045 ? size / 12.92 : std::pow((size + 0.055) / 1.055, 2.4);
    return std::copysign(linear, value);
}

Channels encoded(Channels linear) {
    for (double& channel : linear) channel = encode(channel);
    return linear;
}

}  // namespace

Channels from_hwb(double hue, double white, double black) {
    if (white + black >= 1) {
        const double gray = white / (white + black);
        return {gray, gray, gray};
    }
    const auto pure = [hue](double n) {
        const double k = std::fmod(n + hue / 30, 12);
        return 0.5 - 0.5 * std::max(-1.0, std::min({k - 3, 9 - k, 1.0}));
    };
    const double rest = 1 - white - black;
    return {pure(0) * rest + white, pure(8) * rest + white, pure(4) * rest + white};
}

Channels from_lab(const Channels& lab) {
    constexpr double kKappa = 24389.0 / 27, kEpsilon = 216.0 / 24389;
    constexpr Channels kWhiteD50{0.3457 / 0.3585, 1.0, (1.0 - 0.3457 - 0.3585) / 0.3585};
    const double fy = (lab[0] + 16) / 116, fx = lab[1] / 500 + fy, fz = fy - lab[2] / 200;
    const auto cube = [](double f) { return f * f * f; };
    const Channels xyz{cube(fx) > kEpsilon ? cube(fx) : (116 * fx - 16) / kKappa,
                       lab[0] > kKappa * kEpsilon ? cube(fy) : lab[0] / kKappa,
                       cube(fz) > kEpsilon ? cube(fz) : (116 * fz - 16) / kKappa};
    const Channels d50{xyz[0] * kWhiteD50[0], xyz[1] * kWhiteD50[1], xyz[2] * kWhiteD50[2]};
    return encoded(multiply(kXyzD65ToSrgb, multiply(kD50ToD65, d50)));
}

Channels from_oklab(const Channels& oklab) {
    Channels lms = multiply(kOklabToLms, oklab);
    for (double& channel : lms) channel = channel * channel * channel;
    return encoded(multiply(kLmsToSrgb, lms));
}

Channels from_polar(const Channels& lch) {
    constexpr double kDegree = 3.14159265358979323846 / 180;
    return {lch[0], lch[1] * std::cos(lch[2] * kDegree), lch[1] * std::sin(lch[2] * kDegree)};
}

bool from_named_space(std::string_view name, const Channels& value, Channels& srgb) {
    const auto decoded = [&value] { return Channels{decode(value[0]), decode(value[1]), decode(value[2])}; };
    if (name == "srgb") {
        srgb = value;
    } else if (name == "srgb-linear") {
        srgb = encoded(value);
    } else if (name == "display-p3") {
        srgb = encoded(multiply(kXyzD65ToSrgb, multiply(kP3ToXyz, decoded())));
    } else if (name == "xyz" || name == "xyz-d65") {
        srgb = encoded(multiply(kXyzD65ToSrgb, value));
    } else if (name == "xyz-d50") {
        srgb = encoded(multiply(kXyzD65ToSrgb, multiply(kD50ToD65, value)));
    } else {
        return false;
    }
    return true;
}

}  // namespace galley::document
