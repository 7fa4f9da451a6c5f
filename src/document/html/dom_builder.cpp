#include "document/html/dom_builder.h"

#include <algorithm>
#include <cstring>
#include <new>

namespace galley::document {

namespace {

bool is_html_space(char c) {
    return c == ' ' || c == '\n' || c == '\t' || c == '\f' || c == '\r';
}

std::size_t hash_name(std::string_view name) {
    std::size_t hash = 1469598103934665603ULL;
    for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
    return hash ^ (hash >> 29);
}

std::vector<std::string_view> split_classes(std::string_view value) {
    std::vector<std::string_view> out;
    for (std::size_t at = 0; at < value.size();) {
        while (at < value.size() && is_html_space(value[at])) ++at;
        const std::size_t start = at;
        while (at < value.size() && !is_html_space(value[at])) ++at;
        if (at > start) out.push_back(value.substr(start, at - start));
    }
    return out;
}

std::string_view copy_into(std::pmr::memory_resource& arena, std::string_view text) {
    char* out = static_cast<char*>(arena.allocate(text.size() + 1, 1));
    if (!text.empty()) std::memcpy(out, text.data(), text.size());
    return {out, text.size()};
}

}  // namespace

Dom::Dom() = default;
Dom::~Dom() = default;

DomBuilder::DomBuilder(Dom& dom, const ParseLimits& limits)
    : dom_(dom), limits_(limits), arena_(&dom.arena_), document_(allocate()), names_(256) {
    document_.type = NodeType::Document;
    document_.set_text({});
}

std::string_view DomBuilder::set_source(std::string text) {
    dom_.own_source_ = std::move(text);
    return dom_.source_ = dom_.own_source_;
}

Node& DomBuilder::allocate() {
    ++node_count_;
    Node& node = *new (arena_->allocate(sizeof(Node), alignof(Node))) Node;
    if (made_ != nullptr) made_->push_back(&node);
    return node;
}

Node& DomBuilder::make_element(Tag tag, std::string_view name, std::span<const Attribute> attributes) {
    Node& node = allocate();
    node.tag_number = static_cast<std::uint8_t>(tag);
    node.set_facts(facts_of(tag == Tag::Other ? intern(name) : tag_name(tag), attributes));
    return node;
}

Node& DomBuilder::make_foreign(std::string_view name, std::span<const Attribute> attributes) {
    Node& node = allocate();
    node.foreign = true;
    node.set_facts(facts_of(intern(name), attributes));
    return node;
}

Node& DomBuilder::make(NodeType type, std::string_view text) {
    Node& node = allocate();
    node.type = type;
    node.set_text(text);
    return node;
}

// OPTIMIZATION: rows of tables and items of lists repeat a few start tags.
const ElementFacts& DomBuilder::facts_of(std::string_view tag, std::span<const Attribute> attributes) {
    constexpr std::size_t kComparedMax = 4;
    if (attributes.size() > kComparedMax) return make_facts(tag, attributes);
    std::size_t hash = reinterpret_cast<std::uintptr_t>(tag.data());
    for (const Attribute& attribute : attributes)
        hash = (hash ^ reinterpret_cast<std::uintptr_t>(attribute.name.data()) ^ hash_name(attribute.value)) *
               0x9E3779B97F4A7C15ULL;
    const ElementFacts*& slot = shared_facts_[(hash ^ (hash >> 32)) % shared_facts_.size()];
    const bool known = slot != nullptr && slot->tag.data() == tag.data() &&
                       std::ranges::equal(slot->attributes, attributes, [](const Attribute& a, const Attribute& b) {
                           return a.name == b.name && a.value == b.value;
                       });
    if (!known) slot = &make_facts(tag, attributes);
    return *slot;
}

const ElementFacts& DomBuilder::make_facts(std::string_view tag, std::span<const Attribute> attributes) {
    auto& facts = *new (arena_->allocate(sizeof(ElementFacts), alignof(ElementFacts))) ElementFacts;
    facts.tag = tag;
    facts.attributes = copy(attributes);
    for (const Attribute& attribute : attributes) {
        if (attribute.name == "id") facts.id = attribute.value;
        if (attribute.name == "class") facts.classes = class_set(attribute.value);
    }
    return facts;
}

std::span<const std::string_view> DomBuilder::class_set(std::string_view value) {
    const auto known = class_sets_.find(value);
    if (known != class_sets_.end()) return known->second;
    std::span<const std::string_view>& set = class_sets_[keep(value)];
    const std::vector<std::string_view> names = split_classes(value);
    if (names.empty()) return {};
    auto* out = static_cast<std::string_view*>(
        dom_.arena_.allocate(names.size() * sizeof(std::string_view), alignof(std::string_view)));
    for (std::size_t i = 0; i < names.size(); ++i) new (out + i) std::string_view(intern(names[i]));
    return set = {out, names.size()};
}

void DomBuilder::insert(InsertPoint at, Node& node) {
    Node* previous = at.before != nullptr ? at.before->previous_sibling : at.parent->last_child;
    node.parent = at.parent;
    node.previous_sibling = previous;
    node.next_sibling = at.before;
    (previous != nullptr ? previous->next_sibling : at.parent->first_child) = &node;
    (at.before != nullptr ? at.before->previous_sibling : at.parent->last_child) = &node;
}

void DomBuilder::remove(Node& node) {
    if (node.parent == nullptr) return;
    (node.previous_sibling != nullptr ? node.previous_sibling->next_sibling : node.parent->first_child) =
        node.next_sibling;
    (node.next_sibling != nullptr ? node.next_sibling->previous_sibling : node.parent->last_child) =
        node.previous_sibling;
    node.parent = node.previous_sibling = node.next_sibling = nullptr;
}

void DomBuilder::move_children(Node& from, Node& to) {
    while (from.first_child != nullptr) {
        Node& child = *from.first_child;
        remove(child);
        insert({&to, nullptr}, child);
    }
}

void DomBuilder::insert_text(InsertPoint at, std::string_view text) {
    if (text.empty()) return;
    Node* previous = at.before != nullptr ? at.before->previous_sibling : at.parent->last_child;
    if (previous != nullptr && previous->is_text()) return append_text(*previous, text);
    insert(at, make(NodeType::Text, text));
}

void DomBuilder::append_text(Node& node, std::string_view text) {
    // OPTIMIZATION: neighbours in the source need no copy.
    const std::string_view before = node.text();
    if (before.data() + before.size() == text.data() && !text_capacity_.contains(&node))
        return node.set_text({before.data(), before.size() + text.size()});
    const std::size_t wanted = before.size() + text.size();
    std::size_t& capacity = text_capacity_[&node];
    char* buffer = const_cast<char*>(before.data());  // ours once it has a capacity
    if (capacity < wanted) {
        capacity = wanted * 2;
        buffer = static_cast<char*>(arena_->allocate(capacity, 1));
        std::memcpy(buffer, before.data(), before.size());
    }
    std::memcpy(buffer + before.size(), text.data(), text.size());
    node.set_text({buffer, wanted});
}

void DomBuilder::add_missing_attributes(Node& element, std::span<const Attribute> attributes) {
    const std::span<const Attribute> own = element.attributes();
    std::vector<Attribute> all(own.begin(), own.end());
    for (const Attribute& attribute : attributes) {
        if (element.attribute(attribute.name) == nullptr && all.size() < limits_.attributes_max)
            all.push_back(attribute);
    }
    if (all.size() != own.size()) element.set_facts(make_facts(element.tag(), all));
}

std::string_view DomBuilder::intern(std::string_view name) {
    if (name_count_ * 2 >= names_.size()) grow_names();
    const std::size_t mask = names_.size() - 1;
    std::size_t at = hash_name(name) & mask;
    for (; names_[at].data() != nullptr; at = (at + 1) & mask) {
        if (names_[at] == name) return names_[at];
    }
    ++name_count_;
    return names_[at] = keep(name);
}

void DomBuilder::grow_names() {
    std::vector<std::string_view> old(names_.size() * 2);
    old.swap(names_);
    const std::size_t mask = names_.size() - 1;
    for (const std::string_view name : old) {
        if (name.data() == nullptr) continue;
        std::size_t at = hash_name(name) & mask;
        while (names_[at].data() != nullptr) at = (at + 1) & mask;
        names_[at] = name;
    }
}

std::string_view DomBuilder::copy(std::string_view text) {
    return copy_into(*arena_, text);
}

// For the Dom's life, whatever becomes of the run of rows.
std::string_view DomBuilder::keep(std::string_view text) {
    return dom_.offset_of(text) ? text : copy_into(dom_.arena_, text);
}

std::span<const Attribute> DomBuilder::copy(std::span<const Attribute> attributes) {
    if (attributes.empty()) return {};
    auto* out = static_cast<Attribute*>(arena_->allocate(attributes.size() * sizeof(Attribute), alignof(Attribute)));
    std::uninitialized_copy(attributes.begin(), attributes.end(), out);
    return {out, attributes.size()};
}

void DomBuilder::redirect(std::pmr::memory_resource* arena, std::vector<Node*>* made) {
    arena_ = arena != nullptr ? arena : &dom_.arena_;
    made_ = made;
}

void DomBuilder::begin_run() {
    constexpr std::size_t kRunBytes = 128 * 1024;
    if (run_arena_ == nullptr) run_arena_ = std::make_unique<std::pmr::monotonic_buffer_resource>(kRunBytes);
    run_.clear();
    redirect(run_arena_.get(), &run_);
}

void DomBuilder::keep_run() {
    dom_.kept_arenas_.push_back(std::move(run_arena_));
    redirect(nullptr, nullptr);
}

void DomBuilder::fold_run(Node& rows_parent, Node* before, std::string_view html) {
    redirect(nullptr, nullptr);
    std::uint32_t rows = 0;
    const Node* first = before != nullptr ? before->next_sibling : rows_parent.first_child;
    for (const Node* node = first; node != nullptr; node = node->next_sibling) rows += node->is_element() ? 1 : 0;
    (before != nullptr ? before->next_sibling : rows_parent.first_child) = nullptr;
    rows_parent.last_child = before;
    Node& folded = make(NodeType::FoldedRows, html);
    insert({&rows_parent, nullptr}, folded);
    dom_.folded_.emplace(&folded, rows);
    folded_count_ += run_.size();
    forget_run();
    run_.clear();
    run_arena_->release();
}

void DomBuilder::forget_run() {
    shared_facts_.fill(nullptr);
    text_capacity_.clear();
}

void DomBuilder::keep_with_dom(std::unique_ptr<DomBuilder> builder) {
    Dom& dom = builder->dom_;
    builder->run_arena_.reset();
    if (dom.has_folded_rows()) dom.builder_ = std::move(builder);
}

void DomBuilder::finish(Node* html, Node* head, Node* body) {
    dom_.html_ = html;
    dom_.head_ = head;
    dom_.body_ = body;
    Node* node = &document_;
    dom_.nodes_.reserve(node_count_ - folded_count_);
    while (node != nullptr) {
        node->index = static_cast<std::uint32_t>(dom_.nodes_.size());
        dom_.nodes_.push_back(node);
        if (node->first_child != nullptr) {
            node = node->first_child;
            continue;
        }
        while (node != nullptr && node->next_sibling == nullptr) node = node->parent;
        if (node != nullptr) node = node->next_sibling;
    }
}

}  // namespace galley::document
