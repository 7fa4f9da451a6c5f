// src/app/account_command.h — `galley account …`: the accounts of a running server.
//
// Shape    each gives the exit code: 0 good, 1 failed. --json prints one JSON value on standard output.
// Threads  the main thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/remote.h"

namespace galley::app {

struct AccountCommand {
    RemoteOptions remote;
    std::vector<std::string> emails;    // all but list; show and set take one
    bool off_only = false;              // list
    std::optional<std::string> role{};  // set
    std::optional<std::string> name{};
    bool json = false;
};
int account_list(const AccountCommand& command);
int account_show(const AccountCommand& command);
int account_set(const AccountCommand& command);
int account_enable(const AccountCommand& command);
int account_disable(const AccountCommand& command);

}  // namespace galley::app
