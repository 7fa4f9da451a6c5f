#include <fmt/format.h>

#include <cstdio>

#include "app/commands.h"
#include "app/reload.h"
#include "app/settings_docs.h"
#include "codec/json_writer.h"

namespace galley::app {

namespace {

void print_values(const LoadedSettings& loaded) {
    for (std::size_t i = 0; i < settings().size(); ++i) {
        const Setting& setting = settings()[i];
        fmt::print("{:<36} {:<24} {}\n", setting.key, shown_value(setting, loaded.config), loaded.origins[i]);
    }
}

void append_values(codec::JsonWriter& json, const LoadedSettings& loaded) {
    json.key("values");
    json.begin_object();
    for (std::size_t i = 0; i < settings().size(); ++i) {
        json.key(settings()[i].key);
        json.begin_object();
        json.field("value", shown_value(settings()[i], loaded.config));
        json.field("origin", loaded.origins[i]);
        json.end_object();
    }
    json.end_object();
}

void print_json(const Result<LoadedSettings>& loaded, const std::vector<std::string>& unknown, bool values) {
    std::string out;
    codec::JsonWriter json(out);
    json.begin_object();
    json.field("ok", loaded.has_value());
    if (loaded) json.field("file", loaded->file);
    json.key("faults");
    json.begin_array();
    for (const FieldError& fault : loaded ? std::vector<FieldError>() : loaded.error().fields) {
        json.begin_object();
        json.field("where", fault.pointer);
        json.field("message", fault.message);
        json.end_object();
    }
    json.end_array();
    json.key("warnings");
    json.begin_array();
    for (const std::string& name : unknown) json.value(name + " is no known variable");
    for (const std::string& warning : loaded ? loaded->warnings : std::vector<std::string>()) json.value(warning);
    json.end_array();
    if (values && loaded) append_values(json, *loaded);
    json.end_object();
    std::puts(out.c_str());
}

}  // namespace

int check_config(const ConfigCheckCommand& command) {
    const Result<LoadedSettings> loaded = load_settings(command.sources, os::system_files());
    const std::vector<std::string> unknown = unknown_variables(command.sources.environment);
    if (command.json) {
        print_json(loaded, unknown, command.print);
        return loaded ? 0 : 1;
    }
    for (const std::string& name : unknown) fmt::print(stderr, "warning: {} is no known variable\n", name);
    if (!loaded) {
        report_faults(loaded.error());
        return 1;
    }
    for (const std::string& warning : loaded->warnings) fmt::print(stderr, "warning: {}\n", warning);
    if (command.print) print_values(*loaded);
    fmt::print(stderr, "the configuration is good{}\n", loaded->file.empty() ? " (no file)" : ": " + loaded->file);
    return 0;
}

int print_config_reference() {
    fmt::print("{}", settings_markdown());
    return 0;
}

int print_config_example() {
    fmt::print("{}", settings_example());
    return 0;
}

}  // namespace galley::app
