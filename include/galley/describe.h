// include/galley/describe.h — how a type of yours is read from JSON and written as JSON.
//
// Shape    a struct says which members it has, in one place:
//              struct Order {
//                  std::string room;
//                  int copies = 1;
//                  std::optional<std::string> note;
//                  static constexpr auto galley_fields() {
//                      return std::tuple(galley::field("room", &Order::room),
//                                        galley::defaulted("copies", &Order::copies),
//                                        galley::field("note", &Order::note));
//                  }
//              };
//          For a type that you cannot change, specialise galley::Describe<T> with a static fields() of the same form;
//          for an enum, with a static names() that gives an array of pairs of a text and a value.
//          Understood besides: bool, integers, float, double, std::string, std::optional (null or absent),
//          std::vector, std::map<std::string, …>, Json (any JSON), None, and all of these inside each other.
// Errors   reading collects every fault with its JSON pointer (Faults); members that are not described are faults,
//          unless the kind says otherwise. An integer that does not fit is a fault.
// Limits   faults_max faults are told; depth is that of the types, and of JSON (512) for a type that holds itself.
#pragma once

#include <charconv>
#include <concepts>
#include <cstddef>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "galley/json.h"

namespace galley {

// No input (null, absent or {}), or no result (null).
struct None {};

template <typename Owner, typename Member>
struct Field {
    std::string_view name;
    Member Owner::* member;
    bool required;
};

template <typename T>
inline constexpr bool is_optional = false;
template <typename T>
inline constexpr bool is_optional<std::optional<T>> = true;

// A member that must be there, unless it is a std::optional.
template <typename Owner, typename Member>
constexpr Field<Owner, Member> field(std::string_view name, Member Owner::* member) {
    return {name, member, !is_optional<Member>};
}
// A member that keeps its initial value when it is absent.
template <typename Owner, typename Member>
constexpr Field<Owner, Member> defaulted(std::string_view name, Member Owner::* member) {
    return {name, member, false};
}

template <typename T>
struct Describe {
    static constexpr auto fields()
        requires requires { T::galley_fields(); }
    {
        return T::galley_fields();
    }
};

enum class UnknownFields : std::uint8_t { Refuse, Ignore };

// The faults of one input, and where in it reading is.
class Faults {
 public:
    static constexpr std::size_t faults_max = 20;

    explicit Faults(UnknownFields unknown = UnknownFields::Refuse) : unknown_(unknown) {}

    struct Place {
        const Place* parent = nullptr;
        std::string_view name = {};
        std::size_t index = 0;
    };
    void note(const Place* place, std::string_view message);
    bool any() const { return count_ != 0; }
    bool refuses_unknown() const { return unknown_ == UnknownFields::Refuse; }
    // "/copies: must be an integer; /room: is required"
    const std::string& text() const { return text_; }
    const std::string& first_pointer() const { return first_; }

 private:
    UnknownFields unknown_;
    std::size_t count_ = 0;
    std::string text_;
    std::string first_;
};

namespace detail {

template <typename T>
concept Described = requires { Describe<T>::fields(); };
template <typename T>
concept Named = std::is_enum_v<T> && requires { Describe<T>::names(); };
template <typename T>
concept WholeNumber = std::integral<T> && !std::same_as<T, bool>;

using Place = Faults::Place;

void read_value(const JsonView& json, bool& to, const Place* place, Faults& faults);
void read_value(const JsonView& json, double& to, const Place* place, Faults& faults);
void read_value(const JsonView& json, std::string& to, const Place* place, Faults& faults);
void read_value(const JsonView& json, Json& to, const Place* place, Faults& faults);
void read_value(const JsonView& json, None& to, const Place* place, Faults& faults);
inline void read_value(const JsonView& json, float& to, const Place* place, Faults& faults) {
    double wide = 0;
    read_value(json, wide, place, faults);
    to = static_cast<float>(wide);
}
// What the templates share, so that each type costs little code.
bool expect(const JsonView& json, JsonView::Type type, const Place* place, Faults& faults);
std::optional<std::int64_t> read_integer(const JsonView& json, std::int64_t least, std::uint64_t most,
                                         const Place* place, Faults& faults);

template <WholeNumber T>
void read_value(const JsonView& json, T& to, const Place* place, Faults& faults);
template <Named T>
void read_value(const JsonView& json, T& to, const Place* place, Faults& faults);
template <Described T>
void read_value(const JsonView& json, T& to, const Place* place, Faults& faults);
template <typename T>
void read_value(const JsonView& json, std::optional<T>& to, const Place* place, Faults& faults);
template <typename T>
void read_value(const JsonView& json, std::vector<T>& to, const Place* place, Faults& faults);
template <typename T>
void read_value(const JsonView& json, std::map<std::string, T>& to, const Place* place, Faults& faults);

template <WholeNumber T>
void read_value(const JsonView& json, T& to, const Place* place, Faults& faults) {
    const auto read = read_integer(json, static_cast<std::int64_t>(std::numeric_limits<T>::min()),
                                   static_cast<std::uint64_t>(std::numeric_limits<T>::max()), place, faults);
    if (read) to = static_cast<T>(*read);
}

template <Named T>
void read_value(const JsonView& json, T& to, const Place* place, Faults& faults) {
    if (!expect(json, JsonView::Type::String, place, faults)) return;
    std::string expected;
    for (const auto& [name, value] : Describe<T>::names()) {
        if (json.string() == name) {
            to = value;
            return;
        }
        expected += (expected.empty() ? "" : ", ") + std::string(name);
    }
    faults.note(place, "must be one of " + expected);
}

template <typename Owner, typename Member>
void read_member(const std::vector<std::pair<std::string_view, JsonView>>& members, Owner& owner,
                 const Field<Owner, Member>& field, const Place* parent, Faults& faults) {
    const Place place{parent, field.name, 0};
    for (const auto& [name, value] : members) {
        if (name == field.name) return read_value(value, owner.*field.member, &place, faults);
    }
    if (field.required) faults.note(&place, "is required");
}

template <Described T>
void read_value(const JsonView& json, T& to, const Place* place, Faults& faults) {
    if (!expect(json, JsonView::Type::Object, place, faults)) return;
    const auto members = json.members();
    std::apply(
        [&](const auto&... field) {
            (read_member(members, to, field, place, faults), ...);
            if (!faults.refuses_unknown()) return;
            for (const auto& [name, value] : members) {
                const Place unknown{place, name, 0};
                if (!((name == field.name) || ...)) faults.note(&unknown, "is not known here");
            }
        },
        Describe<T>::fields());
}

template <typename T>
void read_value(const JsonView& json, std::optional<T>& to, const Place* place, Faults& faults) {
    to.reset();
    if (json.type() != JsonView::Type::Null) read_value(json, to.emplace(), place, faults);
}

template <typename T>
void read_value(const JsonView& json, std::vector<T>& to, const Place* place, Faults& faults) {
    if (!expect(json, JsonView::Type::Array, place, faults)) return;
    to.clear();
    std::size_t index = 0;
    for (const JsonView& element : json.elements()) {
        const Place at{place, {}, index++};
        T value{};
        read_value(element, value, &at, faults);
        to.push_back(std::move(value));
    }
}

template <typename T>
void read_value(const JsonView& json, std::map<std::string, T>& to, const Place* place, Faults& faults) {
    if (!expect(json, JsonView::Type::Object, place, faults)) return;
    to.clear();
    for (const auto& [name, value] : json.members()) {
        const Place at{place, name, 0};
        read_value(value, to[std::string(name)], &at, faults);
    }
}

inline void write_value(JsonSink& sink, bool value) {
    sink.boolean(value);
}
inline void write_value(JsonSink& sink, double value) {
    sink.number(value);
}
inline void write_value(JsonSink& sink, std::string_view value) {
    sink.string(value);
}
inline void write_value(JsonSink& sink, const std::string& value) {
    sink.string(value);
}
inline void write_value(JsonSink& sink, const char* value) {
    sink.string(value);
}
inline void write_value(JsonSink& sink, const Json& value) {
    sink.raw(value.text);
}
inline void write_value(JsonSink& sink, const None&) {
    sink.null();
}
template <WholeNumber T>
void write_value(JsonSink& sink, T value) {
    if constexpr (std::is_signed_v<T>) {
        sink.integer(value);
    } else {
        sink.unsigned_integer(value);
    }
}
template <Named T>
void write_value(JsonSink& sink, T value);
template <Described T>
void write_value(JsonSink& sink, const T& value);
template <typename T>
void write_value(JsonSink& sink, const std::optional<T>& value);
template <typename T>
void write_value(JsonSink& sink, const std::vector<T>& value);
template <typename T>
void write_value(JsonSink& sink, const std::map<std::string, T>& value);

template <Named T>
void write_value(JsonSink& sink, T value) {
    for (const auto& [name, known] : Describe<T>::names()) {
        if (known == value) return sink.string(name);
    }
    throw Failure("invalid_input", "a value of an enum has no name");
}
template <Described T>
void write_value(JsonSink& sink, const T& value) {
    sink.begin_object();
    std::apply(
        [&](const auto&... field) {
            const auto one = [&](const auto& member) {
                sink.key(member.name);
                write_value(sink, value.*member.member);
            };
            (one(field), ...);
        },
        Describe<T>::fields());
    sink.end_object();
}
template <typename T>
void write_value(JsonSink& sink, const std::optional<T>& value) {
    if (value) {
        write_value(sink, *value);
    } else {
        sink.null();
    }
}
template <typename T>
void write_value(JsonSink& sink, const std::vector<T>& value) {
    sink.begin_array();
    for (const auto& element : value) write_value(sink, static_cast<const T&>(element));
    sink.end_array();
}
template <typename T>
void write_value(JsonSink& sink, const std::map<std::string, T>& value) {
    sink.begin_object();
    for (const auto& [name, element] : value) {
        sink.key(name);
        write_value(sink, element);
    }
    sink.end_object();
}

// Runs `fill` on a sink; gives what it wrote.
std::string written(void (*fill)(JsonSink&, const void*), const void* value);
// Parses `text` and runs `take` on it. Failure: not JSON, or the faults that `take` noted.
void parsed(std::string_view text, UnknownFields unknown, void (*take)(const JsonView&, void*, Faults&), void* to);

}  // namespace detail

template <typename T>
concept Readable =
    requires(const JsonView& json, T& to, Faults& faults) { detail::read_value(json, to, nullptr, faults); };
template <typename T>
concept Writable = requires(JsonSink& sink, const T& value) { detail::write_value(sink, value); };

template <Writable T>
std::string to_json(const T& value) {
    return detail::written(
        [](JsonSink& sink, const void* one) { detail::write_value(sink, *static_cast<const T*>(one)); }, &value);
}

// Failure ("invalid_input") with all faults, where() the first one's pointer.
template <Readable T>
T from_json(std::string_view text, UnknownFields unknown = UnknownFields::Refuse) {
    T value{};
    detail::parsed(
        text, unknown,
        [](const JsonView& json, void* to, Faults& faults) {
            detail::read_value(json, *static_cast<T*>(to), nullptr, faults);
        },
        &value);
    return value;
}

}  // namespace galley
