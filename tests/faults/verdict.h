// tests/faults/verdict.h — holds a service that was opened again against what was acknowledged before.
//
// Shape    judge(service, ledger) adds what is wrong to ledger.wrong: acknowledged things that are gone or changed, things
//          that are there by half, references that are counted wrongly, a broken audit chain, a damaged cached file, a
//          database that is not sound.
// Owner    borrows both; the service must have settled.
#pragma once

#include "faults/ledger.h"
#include "faults/service.h"

namespace galley::faults {

void judge(Service& service, Ledger& ledger);

}  // namespace galley::faults
