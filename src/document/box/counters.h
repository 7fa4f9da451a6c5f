// src/document/box/counters.h — CSS counters: nested scopes while walking the tree, and how values are written.
//
// Shape    enter() before an element's children, leave() after them; reset/increment/set in between act in the scope
//          of the element's siblings. value() of an unknown counter is 0.
// Source   CSS Lists 3 §4, CSS Counter Styles 3 §6.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace galley::document {

class Counters {
 public:
    Counters() : scopes_(1) {}
    void enter() { scopes_.emplace_back(); }
    void leave();
    void reset(std::string_view name, int value);
    void increment(std::string_view name, int by);
    void set(std::string_view name, int value);
    int value(std::string_view name) const;
    std::vector<int> values(std::string_view name) const;      // outermost first
    std::map<std::string, int, std::less<>> snapshot() const;  // the innermost value of each counter

 private:
    std::vector<int>& stack(std::string_view name);
    std::vector<std::vector<std::string>> scopes_;  // names reset in each open scope
    std::map<std::string, std::vector<int>, std::less<>> values_;
};

// "decimal", "lower-roman", "disc" …; unknown styles count as decimal.
std::string format_counter(int value, std::string_view style);
// True for disc, circle, square, disclosure-*: no suffix follows in a marker.
bool is_symbol_style(std::string_view style);

}  // namespace galley::document
