#include "document/css/properties.h"

#include <array>
#include <cstddef>

#include "document/css/token.h"

namespace galley::document {

namespace {

constexpr PropertyInfo kTable[] = {
#define GALLEY_PROPERTY(id, name, inherited, state, kind, module) \
    {PropertyId::id, name, Inherited::inherited, PropertyState::state, PropertyKind::kind, module},
#include "document/css/property_list.inc"
#undef GALLEY_PROPERTY
};
static_assert(std::size(kTable) == static_cast<std::size_t>(PropertyId::Count));

struct Alias {
    std::string_view name;
    PropertyId id;
};
constexpr Alias kAliases[] = {{"word-wrap", PropertyId::OverflowWrap},
                              {"grid-gap", PropertyId::Gap},
                              {"grid-row-gap", PropertyId::RowGap},
                              {"grid-column-gap", PropertyId::ColumnGap},
                              {"-webkit-box-shadow", PropertyId::BoxShadow},
                              {"-webkit-box-sizing", PropertyId::BoxSizing},
                              {"-moz-box-sizing", PropertyId::BoxSizing},
                              {"-webkit-transform", PropertyId::Transform},
                              {"-webkit-border-radius", PropertyId::BorderRadius},
                              {"-webkit-hyphens", PropertyId::Hyphens},
                              {"-weasy-hyphens", PropertyId::Hyphens},
                              {"-webkit-print-color-adjust", PropertyId::PrintColorAdjust},
                              {"-weasy-bookmark-level", PropertyId::BookmarkLevel},
                              {"-weasy-bookmark-label", PropertyId::BookmarkLabel},
                              {"-weasy-string-set", PropertyId::StringSet},
                              {"-weasy-anchor", PropertyId::Anchor},
                              {"-weasy-lang", PropertyId::Lang},
                              {"-galley-lang", PropertyId::Lang},
                              {"-webkit-box-decoration-break", PropertyId::BoxDecorationBreak},
                              {"font-width", PropertyId::FontStretch},
                              {"color-adjust", PropertyId::PrintColorAdjust},
                              {"-weasy-link", PropertyId::Link},
                              {"-weasy-bookmark-state", PropertyId::BookmarkState},
                              {"inline-size", PropertyId::Width},
                              {"block-size", PropertyId::Height},
                              {"min-inline-size", PropertyId::MinWidth},
                              {"min-block-size", PropertyId::MinHeight},
                              {"max-inline-size", PropertyId::MaxWidth},
                              {"max-block-size", PropertyId::MaxHeight},
                              {"inset-block-start", PropertyId::Top},
                              {"inset-block-end", PropertyId::Bottom},
                              {"border-block-start", PropertyId::BorderTop},
                              {"border-block-start-width", PropertyId::BorderTopWidth},
                              {"border-block-start-style", PropertyId::BorderTopStyle},
                              {"border-block-start-color", PropertyId::BorderTopColor},
                              {"border-block-end", PropertyId::BorderBottom},
                              {"border-block-end-width", PropertyId::BorderBottomWidth},
                              {"border-block-end-style", PropertyId::BorderBottomStyle},
                              {"border-block-end-color", PropertyId::BorderBottomColor},
                              {"margin-block-start", PropertyId::MarginTop},
                              {"margin-block-end", PropertyId::MarginBottom},
                              {"padding-block-start", PropertyId::PaddingTop},
                              {"padding-block-end", PropertyId::PaddingBottom}};

constexpr std::size_t kSlots = 1024;

constexpr std::size_t hash_name(std::string_view name) {
    std::size_t hash = name.size();
    for (const char c : name) hash = hash * 131 + static_cast<unsigned char>(c);
    return (hash ^ (hash >> 11)) % kSlots;
}

struct Slot {
    std::string_view name;
    PropertyId id{};
};

constexpr std::array<Slot, kSlots> make_slots() {
    std::array<Slot, kSlots> slots{};
    const auto add = [&slots](std::string_view name, PropertyId id) {
        std::size_t at = hash_name(name);
        while (!slots[at].name.empty()) at = (at + 1) % kSlots;
        slots[at] = {name, id};
    };
    for (const PropertyInfo& info : kTable) add(info.name, info.id);
    for (const Alias& alias : kAliases) add(alias.name, alias.id);
    return slots;
}

constexpr auto kSlotTable = make_slots();

}  // namespace

std::span<const PropertyInfo> property_table() {
    return kTable;
}

const PropertyInfo& property_info(PropertyId id) {
    return kTable[static_cast<std::size_t>(id)];
}

std::optional<PropertyId> find_property(std::string_view name) {
    const std::string lower = css_lowered(name);
    for (std::size_t at = hash_name(lower); !kSlotTable[at].name.empty(); at = (at + 1) % kSlots) {
        if (kSlotTable[at].name == lower) return kSlotTable[at].id;
    }
    return std::nullopt;
}

}  // namespace galley::document
