#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>

#include "app/commands.h"
#include "app/document_input.h"
#include "app/file_loader.h"
#include "app/fonts.h"
#include "app/phase_clock.h"
#include "app/render_command.h"
#include "app/render_web.h"
#include "base/version.h"
#include "codec/header_value.h"
#include "codec/json_writer.h"
#include "document/document.h"
#include "jobs/render/page_css.h"
#include "net/web_address.h"
#include "os/file_watch.h"
#include "os/files.h"
#include "os/process.h"

namespace galley::app {

namespace {

constexpr std::size_t kFreedBytesKept = 1 << 30;  // for the next document, or the next part of this one

// What became of one document.
struct Finished {
    RenderStep step;
    document::Rendered rendered;
    std::vector<FileLoader::Note> resources;
};

Result<void> write_output(const std::string& path, std::string_view bytes) {
    if (path != "-") return os::system_files().write(path, {bytes}, os::Files::Sync::No);
    if (std::fwrite(bytes.data(), 1, bytes.size(), stdout) == bytes.size() && std::fflush(stdout) == 0) return {};
    return fail(ErrorCode::Unavailable, "standard output could not be written");
}

// A CSS string: quotes and backslashes escaped.
std::string css_string(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    return out + '"';
}

// Sheets of the command line are imported, so that what they refer to is looked up beside them.
Result<void> add_sheets(const RenderCommand& command, FileLoader& loader, document::RenderOptions& options) {
    if (!command.page_size.empty()) GALLEY_TRY_VOID(jobs::check_page_size(command.page_size));
    if (!command.margin.empty()) GALLEY_TRY_VOID(jobs::check_margin(command.margin));
    if (!command.page_size.empty() || !command.margin.empty())
        options.sheets.push_back({jobs::page_rule(command.page_size, command.margin)});
    for (const std::string& path : command.stylesheets) {
        if (net::is_web_address(path)) {
            options.sheets.push_back({"@import url(" + css_string(path) + ");", "-s", document::Origin::User});
            continue;
        }
        const bool is_url = path.starts_with("file://");
        if (!is_url) GALLEY_TRY_VOID(os::system_files().info(path));
        const std::string url = is_url ? path : file_url(path);
        loader.allow_folder(url.substr(7, url.rfind('/') - 6));
        options.sheets.push_back({"@import url(" + css_string(url) + ");", "-s", document::Origin::User});
    }
    return {};
}

// What is attached was named by who calls: it may lie anywhere.
Result<void> add_attachments(const RenderCommand& command, const jobs::FetchedFiles& fetched,
                             document::RenderOptions& options) {
    for (const std::string& given : command.attachments) {
        if (net::is_web_address(given)) {
            const std::string path = given.substr(0, given.find_first_of("?#"));
            if (auto content = fetched.load(given))
                options.attachments.push_back({path.substr(path.rfind('/') + 1), std::move(*content)});
            continue;
        }
        const std::string path = given.starts_with("file://") ? given.substr(7) : given;
        GALLEY_TRY(Bytes bytes, os::system_files().read(path, FileLoader::kResourceBytesMax));
        options.attachments.push_back({std::filesystem::path(path).filename().string(), SharedBytes(std::move(bytes))});
    }
    return {};
}

// An attachment that was asked for and cannot be had is no document with a gap.
Result<void> check_attachments(const RenderCommand& command, const jobs::FetchedFiles& fetched) {
    for (const std::string& given : command.attachments) {
        if (!net::is_web_address(given)) continue;
        if (auto content = fetched.load(given); !content)
            return fail(content.error().code, "-a: " + content.error().message, given);
    }
    return {};
}

// Addresses of files below the working folder as one would write them there: "css/a.css:3:5: …".
std::string with_short_path(std::string warning) {
    constexpr std::string_view kScheme = "file://";
    if (!warning.starts_with(kScheme)) return warning;
    warning.erase(0, kScheme.size());
    std::error_code error;
    const std::string here = std::filesystem::current_path(error).string() + "/";
    if (!error && warning.starts_with(here)) warning.erase(0, here.size());
    return warning;
}

std::vector<std::string> shown_warnings(std::vector<std::string> warnings, const FileLoader& loader,
                                        const RenderCommand& command) {
    if (command.resources == "ignore") {
        std::erase_if(warnings, [&loader](const std::string& text) {
            return std::ranges::any_of(loader.notes(), [&text](const FileLoader::Note& note) {
                return !note.missing.empty() && text.find(note.url) != text.npos;
            });
        });
    }
    for (std::string& warning : warnings) warning = with_short_path(std::move(warning));
    return warnings;
}

Result<void> check_resources(const RenderCommand& command, const FileLoader& loader) {
    if (command.resources != "fail") return {};
    const auto missing = std::ranges::find_if(loader.notes(), [](const auto& note) { return !note.missing.empty(); });
    if (missing == loader.notes().end()) return {};
    return fail(ErrorCode::InvalidInput, "a resource is missing: " + missing->missing, missing->url);
}

class Renderer {
 public:
    explicit Renderer(const RenderCommand& command) : command_(command), web_(command) {}

    Result<Finished> render(const RenderStep& step) {
        GALLEY_TRY(const Source source, read(step.input));
        if (command_.html_only) {
            GALLEY_TRY_VOID(write_output(step.output, source.html));
            return Finished{.step = step, .rendered = {}, .resources = {}};
        }
        jobs::FetchedFiles fetched;
        for (int round = 0;; ++round) {
            FileLoader loader(source.address, command_.base_url);
            for (const std::string& folder : command_.allowed_folders) loader.allow_folder(folder);
            if (may_fetch(command_)) loader.allow_remote(fetched);
            GALLEY_TRY(Made made, make(source, loader, fetched));
            if (round == jobs::kFetchRoundsMax || fetched.wanted().empty())
                return finish(step, loader, fetched, std::move(made));
            GALLEY_TRY_VOID(web_.fetch_wanted(fetched));
        }
    }

 private:
    struct Source {
        std::string html;
        std::string address;  // of what was read: a path, or where redirects led
    };
    struct Made {
        document::Rendered rendered;
        std::string boxes;
        PhaseClock phases;
    };

    Result<Source> read(const std::string& input) const {
        const DocumentInput document{input, command_.encoding, command_.data};
        Source source{.html = {}, .address = input};
        if (net::is_web_address(input)) {
            GALLEY_TRY(jobs::FetchedDocument fetched, web_.fetch_document(input, command_.encoding));
            GALLEY_TRY(source.html, filled_document(std::move(fetched.html), document));
            if (!fetched.file.final_url.empty()) source.address = fetched.file.final_url;
        } else {
            GALLEY_TRY(source.html, read_document(document));
        }
        return source;
    }

    Result<document::RenderOptions> options_for(const std::string& name, FileLoader& loader,
                                                const jobs::FetchedFiles& fetched) const {
        document::RenderOptions options;
        options.base_url = loader.base_url();
        options.name = name;
        options.loader = &loader;
        options.media_type = codec::ascii_lower(command_.media_type);
        options.metadata.title = command_.title;
        options.metadata.author = command_.author;
        options.metadata.language = command_.language;
        if (command_.custom_metadata) options.custom_metadata = document::CustomMetadata::Kept;
        options.format = {.version = command_.pdf_version,
                          .identifier = command_.pdf_identifier,
                          .compressed = !command_.uncompressed};
        GALLEY_TRY_VOID(add_sheets(command_, loader, options));
        GALLEY_TRY_VOID(add_attachments(command_, fetched, options));
        return options;
    }

    Result<Made> make(const Source& source, FileLoader& loader, const jobs::FetchedFiles& fetched) {
        GALLEY_TRY(document::RenderOptions options, options_for(source.address, loader, fetched));
        Made made;
        if (command_.dump_boxes) {
            GALLEY_TRY(made.boxes, engine_.dump(source.html, options));
            return made;
        }
        if (command_.timings) options.phases = &made.phases;
        GALLEY_TRY(made.rendered, engine_.render_pdf(source.html, options));
        made.phases.stop();
        return made;
    }

    Result<Finished> finish(const RenderStep& step, const FileLoader& loader, const jobs::FetchedFiles& fetched,
                            Made made) const {
        Finished finished{.step = step, .rendered = std::move(made.rendered), .resources = loader.notes()};
        GALLEY_TRY_VOID(check_attachments(command_, fetched));
        if (command_.dump_boxes) {
            GALLEY_TRY_VOID(write_output(step.output, made.boxes));
            return finished;
        }
        if (command_.timings) print_timings(step.input, made.phases);
        GALLEY_TRY_VOID(check_resources(command_, loader));
        GALLEY_TRY_VOID(write_output(step.output, finished.rendered.pdf));
        finished.rendered.warnings = shown_warnings(std::move(finished.rendered.warnings), loader, command_);
        return finished;
    }

    const RenderCommand& command_;
    RenderWeb web_;
    SystemFonts fonts_;
    document::Engine engine_{fonts_};
};

// ---- what is told

void tell(const RenderCommand& command, const Finished& finished) {
    if (command.quiet || command.html_only || command.dump_boxes) return;
    for (const std::string& warning : finished.rendered.warnings) fmt::print(stderr, "warning: {}\n", warning);
    if (command.verbose) {
        for (const FileLoader::Note& note : finished.resources)
            fmt::print(stderr, "resource: {}: {}\n", note.url,
                       note.missing.empty() ? fmt::format("{} bytes", note.bytes) : note.missing);
    }
    const int pages = finished.rendered.page_count;
    fmt::print(stderr, "{}: {} page{}, {} bytes\n", finished.step.output, pages, pages == 1 ? "" : "s",
               finished.rendered.pdf.size());
}

void append_finished(codec::JsonWriter& json, const Finished& finished) {
    json.begin_object();
    json.field("input", finished.step.input);
    json.field("output", finished.step.output);
    json.field("pages", finished.rendered.page_count);
    json.field("bytes", finished.rendered.pdf.size());
    json.key("warnings");
    json.begin_array();
    for (const std::string& warning : finished.rendered.warnings) json.value(warning);
    json.end_array();
    json.key("resources");
    json.begin_array();
    for (const FileLoader::Note& note : finished.resources) {
        json.begin_object();
        json.field("url", note.url);
        if (note.missing.empty())
            json.field("bytes", note.bytes);
        else
            json.field("missing", note.missing);
        json.end_object();
    }
    json.end_array();
    json.end_object();
}

void append_failure(codec::JsonWriter& json, const RenderStep& step, const Error& error) {
    json.begin_object();
    json.field("input", step.input);
    json.field("output", step.output);
    json.field("error", error.to_string());
    json.end_object();
}

// One line of JSON for all; on standard error when the PDF goes to standard output.
void print_summary(const std::string& documents, const std::vector<RenderStep>& steps) {
    const bool pdf_on_output = std::ranges::any_of(steps, [](const RenderStep& step) { return step.output == "-"; });
    fmt::print(pdf_on_output ? stderr : stdout, "{{\"documents\":[{}]}}\n", documents);
    std::fflush(stdout);
}

int print_info() {
    fmt::print("Galley {}\nengine: {}\n", kVersion, document::kEngineVersion);
    return 0;
}

// ---- rendering all, once or again and again

struct Round {
    int exit_code = 0;
    std::vector<std::string> files;  // that decide what comes out
};

Round render_all(Renderer& renderer, const RenderCommand& command, const std::vector<RenderStep>& steps) {
    Round round;
    std::string documents;
    for (const RenderStep& step : steps) {
        const Result<Finished> finished = renderer.render(step);
        std::string one;
        codec::JsonWriter json(one);
        if (finished) {
            if (!command.json) tell(command, *finished);
            append_finished(json, *finished);
            for (const FileLoader::Note& note : finished->resources)
                if (!note.path.empty()) round.files.push_back(note.path);
        } else {
            fmt::print(stderr, "galley: {}: {}\n", step.input, finished.error().to_string());
            append_failure(json, step, finished.error());
            round.exit_code = 1;
        }
        documents += (documents.empty() ? "" : ",") + one;
    }
    if (command.json) print_summary(documents, steps);
    return round;
}

std::string absolute(const std::string& path) {
    std::error_code error;
    return std::filesystem::weakly_canonical(std::filesystem::absolute(path, error), error).string();
}

int watch_and_render(Renderer& renderer, const RenderCommand& command, const std::vector<RenderStep>& steps) {
    for (const RenderStep& step : steps) {
        if (!net::is_web_address(step.input)) continue;
        fmt::print(stderr, "galley: --watch needs files; nobody says when an address changes\n");
        return 2;
    }
    for (const RenderStep& step : steps) {  // a name that was mistyped would be waited for without end
        if (const auto there = os::system_files().info(step.input); !there) return report(there.error());
    }
    Result<std::unique_ptr<os::FileWatch>> watch = os::FileWatch::create();
    if (!watch) return report(watch.error());
    std::vector<std::string> always;
    for (const RenderStep& step : steps) always.push_back(absolute(step.input));
    for (const auto* list : {&command.stylesheets, &command.attachments})
        for (const std::string& path : *list)
            if (!net::is_web_address(path)) always.push_back(absolute(path));
    if (!command.data.empty()) always.push_back(absolute(command.data));
    // Watched before the first render: what changes while it reads is not missed.
    if (const auto watched = (*watch)->watch(always); !watched) return report(watched.error());
    while (true) {
        Round round = render_all(renderer, command, steps);
        round.files.insert(round.files.end(), always.begin(), always.end());
        if (const auto watched = (*watch)->watch(round.files); !watched) return report(watched.error());
        const auto changed = (*watch)->wait();
        if (!changed) return report(changed.error());
        if (!command.quiet) fmt::print(stderr, "changed: {}\n", *changed->begin());
    }
}

}  // namespace

int render_files(const RenderCommand& command) {
    os::keep_freed_memory(kFreedBytesKept);
    if (command.info) return print_info();
    const Result<std::vector<RenderStep>> steps = plan_render(command);
    if (!steps) {
        report(steps.error());
        return 2;
    }
    const bool from_input = std::ranges::any_of(*steps, [](const RenderStep& step) { return step.input == "-"; });
    if (command.watch && from_input) {
        fmt::print(stderr, "galley: --watch needs files; standard input does not change\n");
        return 2;
    }
    Renderer renderer(command);
    return command.watch ? watch_and_render(renderer, command, *steps)
                         : render_all(renderer, command, *steps).exit_code;
}

}  // namespace galley::app
