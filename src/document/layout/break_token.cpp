#include "document/layout/break_token.h"

#include <utility>
#include <vector>

namespace galley::document {

namespace {

bool same_by_itself(const BreakToken& a, const BreakToken& b) {
    return a.box == b.box && a.consumed == b.consumed && a.child == b.child && a.forced == b.forced &&
           a.finished == b.finished && a.side == b.side && a.line == b.line && a.row == b.row &&
           a.parallel.size() == b.parallel.size() && a.floats.size() == b.floats.size();
}

}  // namespace

bool same_place(const BreakToken* a, const BreakToken* b) {
    std::vector<std::pair<const BreakToken*, const BreakToken*>> open{{a, b}};
    while (!open.empty()) {
        const auto [first, second] = open.back();
        open.pop_back();
        if (first == nullptr || second == nullptr) {
            if (first != second) return false;
            continue;
        }
        if (!same_by_itself(*first, *second)) return false;
        open.emplace_back(first->child_token, second->child_token);
        for (std::size_t i = 0; i < first->parallel.size(); ++i)
            open.emplace_back(first->parallel[i], second->parallel[i]);
        for (std::size_t i = 0; i < first->floats.size(); ++i)
            open.emplace_back(first->floats[i].token, second->floats[i].token);
    }
    return true;
}

}  // namespace galley::document
