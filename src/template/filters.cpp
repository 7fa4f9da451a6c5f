#include "template/filters.h"

#include <array>
#include <string>

#include "template/text_case.h"

namespace galley::templates {

namespace {

using Arguments = std::span<const Value>;

struct FilterRow {
    std::string_view name;
    std::size_t arguments_min;
    std::size_t arguments_max;
    Result<Value> (*apply)(Value value, Arguments arguments, std::size_t text_bytes_max);
};

std::unexpected<Error> too_long(std::size_t text_bytes_max) {
    return fail(ErrorCode::LimitExceeded, "a text grew over " + std::to_string(text_bytes_max) + " bytes");
}

// default(otherwise, also_when_false)
Result<Value> default_value(Value value, Arguments arguments, std::size_t) {
    const bool also_when_false = arguments.size() > 1 && arguments[1].truth();
    const bool replace = value.is_undefined() || (also_when_false && !value.truth());
    if (!replace) return value;
    return arguments.empty() ? Value(std::string_view("")) : arguments[0];
}

Result<std::string> replaced(std::string_view text, std::string_view from, std::string_view to, std::size_t bytes_max) {
    if (from.empty()) return fail(ErrorCode::Unsupported, "replace: the text to look for is empty");
    std::string out;
    std::size_t done = 0;
    for (std::size_t at = text.find(from); at != std::string_view::npos; at = text.find(from, done)) {
        out.append(text, done, at - done).append(to);
        done = at + from.size();
        if (out.size() > bytes_max) return too_long(bytes_max);
    }
    return out.append(text, done);
}

Result<Value> replace(Value value, Arguments arguments, std::size_t text_bytes_max) {
    std::array<std::string, 3> buffers;
    GALLEY_TRY(const std::string_view text, printed(value, buffers[0]));
    GALLEY_TRY(const std::string_view from, printed(arguments[0], buffers[1]));
    GALLEY_TRY(const std::string_view to, printed(arguments[1], buffers[2]));
    GALLEY_TRY(std::string out, replaced(text, from, to, text_bytes_max));
    if (out.size() > text_bytes_max) return too_long(text_bytes_max);
    return Value(std::move(out));
}

template <std::string (*change)(std::string_view)>
Result<Value> change_case(Value value, Arguments, std::size_t text_bytes_max) {
    std::string buffer;
    GALLEY_TRY(const std::string_view text, printed(value, buffer));
    std::string out = change(text);
    if (out.size() > text_bytes_max) return too_long(text_bytes_max);
    return Value(std::move(out));
}

constexpr std::array<FilterRow, 5> kFilters{{{"default", 0, 2, default_value},
                                             {"replace", 2, 2, replace},
                                             {"title", 0, 0, change_case<title_case>},
                                             {"upper", 0, 0, change_case<upper_case>},
                                             {"lower", 0, 0, change_case<lower_case>}}};

}  // namespace

std::optional<FilterInfo> find_filter(std::string_view name) {
    for (std::size_t i = 0; i < kFilters.size(); ++i) {
        if (kFilters[i].name == name) return FilterInfo{i, kFilters[i].arguments_min, kFilters[i].arguments_max};
    }
    return std::nullopt;
}

std::string_view filter_name(std::size_t index) {
    return kFilters[index].name;
}

Result<Value> apply_filter(std::size_t index, Value value, Arguments arguments, std::size_t text_bytes_max) {
    return kFilters[index].apply(std::move(value), arguments, text_bytes_max);
}

}  // namespace galley::templates
