// src/os/service_manager.h — telling systemd how we are (sd_notify's protocol, without its library).
//
// Shape    one datagram of lines ("READY=1") to the socket that NOTIFY_SOCKET names; nothing when it is not set.
// Errors   none: a manager that cannot be told is not our failure.
// Threads  any.
// Source   sd_notify(3).
#pragma once

#include <string_view>

namespace galley::os {

void tell_service_manager(std::string_view state);

}  // namespace galley::os
