#include "document/box/element_counters.h"

#include <charconv>

namespace galley::document {

int integer_attribute(const Node& node, std::string_view name, int fallback) {
    const std::string_view* value = node.attribute(name);
    if (value == nullptr) return fallback;
    std::string_view text = *value;
    while (!text.empty() && (text.front() == ' ' || text.front() == '+')) text.remove_prefix(1);
    int number = fallback;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
    return parsed.ec == std::errc() ? number : fallback;
}

// https://www.w3.org/TR/css-lists-3/#counters — reset, increment, set, in this order.
void count_element(Counters& counters, const Node& element, const ComputedStyle& style) {
    bool reset_list = false, counted_item = false;
    for (const CounterChange& change : style.counter_reset) {
        counters.reset(change.name, change.value);
        reset_list |= change.name == "list-item";
    }
    if (element.is("ol") || (!reset_list && (element.is("ul") || element.is("menu"))))
        counters.reset("list-item", element.is("ol") ? integer_attribute(element, "start", 1) - 1 : 0);
    for (const CounterChange& change : style.counter_increment) {
        counters.increment(change.name, change.value);
        counted_item |= change.name == "list-item";
    }
    if (style.display == Display::ListItem && !counted_item) counters.increment("list-item", 1);
    for (const CounterChange& change : style.counter_set) counters.set(change.name, change.value);
    if (element.is("li") && element.attribute("value") != nullptr)
        counters.set("list-item", integer_attribute(element, "value", counters.value("list-item")));
}

void count_pseudo(Counters& counters, const ComputedStyle& style) {
    for (const CounterChange& change : style.counter_reset) counters.reset(change.name, change.value);
    for (const CounterChange& change : style.counter_increment) counters.increment(change.name, change.value);
    for (const CounterChange& change : style.counter_set) counters.set(change.name, change.value);
}

namespace {

class CounterWalk {
 public:
    explicit CounterWalk(const StyledDocument& styled) : styled_(styled) {}

    template <typename Visit>
    void run(const Node& root, Visit visit) {
        for (const Node* at = &root; at != nullptr;) {
            if (enter(*at, visit) && at->first_child != nullptr) {
                at = at->first_child;
                continue;
            }
            leave(*at);
            while (at != &root && at->next_sibling == nullptr) {
                at = at->parent;
                leave(*at);
            }
            at = at == &root ? nullptr : at->next_sibling;
        }
    }

 private:
    bool shown(const Node& node) const { return node.is_element() && styled_.style(node)->display != Display::None; }
    template <typename Visit>
    bool enter(const Node& node, Visit visit) {
        if (!shown(node)) return false;
        count_element(counters_, node, *styled_.style(node));
        counters_.enter();
        pseudo(node, PseudoElement::Before);
        if (!node.id().empty()) visit(node, counters_);
        return true;
    }
    void leave(const Node& node) {
        if (!shown(node)) return;
        pseudo(node, PseudoElement::After);
        counters_.leave();
    }
    void pseudo(const Node& node, PseudoElement which) {
        const ComputedStyle* style = styled_.pseudo_style(node, which);
        if (style != nullptr && style->display != Display::None && style->content) count_pseudo(counters_, *style);
    }

    const StyledDocument& styled_;
    Counters counters_;
};

}  // namespace

TargetCounters::TargetCounters(const StyledDocument& styled) {
    const Node* html = styled.dom().html();
    if (html == nullptr) return;
    CounterWalk(styled).run(*html, [this](const Node& node, const Counters& counters) {
        values_.try_emplace(std::string(node.id()), counters.snapshot());
    });
}

int TargetCounters::value(std::string_view target, std::string_view name) const {
    const auto found = values_.find(target);
    if (found == values_.end()) return 0;
    const auto counter = found->second.find(name);
    return counter == found->second.end() ? 0 : counter->second;
}

}  // namespace galley::document
