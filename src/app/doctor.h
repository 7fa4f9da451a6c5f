// src/app/doctor.h — looks a data folder, its surroundings and the configuration over; changes nothing.
//
// Shape    examine() gives one finding a check, each ok, a warning or an error with what to do about it. A check that
//          cannot be made because an earlier one failed (no database to look into) is left out.
// Errors   none: what is wrong is a finding.
// Threads  one call at a time; a server may be running.
// Source   docs/operation.md.
#pragma once

#include <string>
#include <vector>

#include "app/load_settings.h"
#include "os/clock.h"

namespace galley::app {

enum class Health : std::uint8_t { Ok, Warning, Error };

struct Finding {
    std::string check;  // stable name: "database", "audit_chain", …
    Health health = Health::Ok;
    std::string message;
    std::string advice;  // "" when all is well
};

enum class Examination : std::uint8_t { Quick, Deep };  // Deep reads every document and compares every index
std::vector<Finding> examine(const SettingSources& sources, Examination depth, const os::Clock& clock);
Health worst(const std::vector<Finding>& findings);

}  // namespace galley::app
