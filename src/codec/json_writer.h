// src/codec/json_writer.h — appends JSON to a string, commas and escapes included.
//
// Shape    JsonWriter w(out); w.begin_object(); w.key("id"); w.value("x"); w.end_object();  or w.field("id", "x").
// Errors   none: strings must be UTF-8 (JsonDocument checked them, or we wrote them); numbers that JSON cannot say
//          become null.
// Limits   nesting is the caller's. Numbers are printed as the shortest text that reads back equal (ECMA-262 form, RFC
//          8785 §3.2.2.3).
#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

namespace galley::codec {

void append_json_string(std::string& out, std::string_view text);
void append_json_number(std::string& out, double number);

class JsonWriter {
 public:
    explicit JsonWriter(std::string& out) : out_(out) {}

    void begin_object() { open('{'); }
    void end_object() { close('}'); }
    void begin_array() { open('['); }
    void end_array() { close(']'); }
    void key(std::string_view name);

    void null();
    void value(std::string_view text);
    void value(const char* text) { value(std::string_view(text)); }
    void value(const std::string& text) { value(std::string_view(text)); }
    void value(bool flag);
    void value(double number);
    template <std::integral Integer>
        requires(!std::same_as<Integer, bool>)
    void value(Integer number) {
        before_value();
        out_ += std::to_string(number);
    }
    void raw(std::string_view json);  // already JSON

    template <typename Value>
    void field(std::string_view name, const Value& v) {
        key(name);
        value(v);
    }
    void null_field(std::string_view name) {
        key(name);
        null();
    }
    void raw_field(std::string_view name, std::string_view json) {
        key(name);
        raw(json);
    }

 private:
    void open(char c);
    void close(char c);
    void before_value();

    std::string& out_;
    bool comma_ = false;
};

}  // namespace galley::codec
