// src/api/metrics_summary.h — the figures of the last hours (R91), for those who answer with them.
#pragma once

#include <functional>
#include <string>

#include "api/call.h"

namespace galley::api {

// The same for who may block (not on the writer thread), and the file metrics/metrics_{timestamp}.json of the data
// folder that holds them; gives its name.
Result<std::string> make_metrics_summary(Services& services, int hours);
Result<std::string> write_metrics_file(Services& services, const std::string& summary);

// Reads them, then `answer` runs on the request's loop; the call is failed when they cannot be read.
void read_metrics_summary(Call call, int hours, std::function<void(Call, std::string)> answer);

}  // namespace galley::api
