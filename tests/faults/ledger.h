// tests/faults/ledger.h — what the service acknowledged in a day of work, and so must still hold.
//
// Shape    plain sets and maps, filled by Day as answers come. Things in `doubtful_…` were asked for and refused, or
//          never answered: they may have happened or not, but never by half.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/digest.h"

namespace galley::faults {

struct Ledger {
    std::set<std::string> rooms;
    std::set<std::string> removed_rooms;
    std::set<std::string> doubtful_rooms;          // their removal was asked for
    std::map<std::string, std::string> snapshots;  // id → room
    std::set<std::string> deleted_snapshots;
    std::set<std::string> doubtful_snapshots;  // their deletion was asked for
    std::map<std::string, std::string> tasks;  // id → the result that it must come to
    std::set<std::string> cancelled_tasks;
    std::set<std::string> doubtful_tasks;                   // their cancelling or cleaning up was asked for
    std::map<std::string, std::set<std::string>> activity;  // room → texts
    std::set<std::string> accounts_off;
    std::int64_t audited = 0;                     // entries acknowledged
    std::uint64_t measured = 0;                   // generations recorded
    std::map<std::string, std::string> bytes_of;  // content hash → SHA-256 of the first PDF seen
    bool damaged_a_file = false;

    std::vector<std::string> refused;  // step: error
    std::vector<std::string> wrong;

    void complain(std::string what) { wrong.push_back(std::move(what)); }
};

}  // namespace galley::faults
