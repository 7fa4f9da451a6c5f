// src/metrics/text.h — one line after the other of Prometheus' text format.
//
// Shape    append_head() once a name, then append_sample() or append_histogram() for each set of labels.
// Source   https://prometheus.io/docs/instrumenting/exposition_formats/ (text format 0.0.4).
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "metrics/sketch.h"

namespace galley::metrics {

using Labels = std::vector<std::pair<std::string, std::string>>;

void append_head(std::string& out, std::string_view name, std::string_view help, std::string_view type);
void append_sample(std::string& out, std::string_view name, const Labels& labels, double value);
// Cumulative buckets whose bounds suit the unit that the name ends in, then _sum and _count.
void append_histogram(std::string& out, std::string_view name, const Labels& labels, const Sketch& sketch);

}  // namespace galley::metrics
