// src/app/render_command.h — `galley render`: documents to PDF without a server, in the manner of `weasyprint IN OUT`.
//
// Shape    render_files() gives the exit code: 0 all were rendered, 1 one was not, 2 wrong usage.
//          plan_render() says which file becomes which: IN OUT; IN -o OUT; IN… -o FOLDER.
// Errors   plan_render: InvalidInput (no place to write to, two inputs with one output, an output that looks like a
//          document), Unsupported (what this version does not offer).
// Threads  the main thread.
#pragma once

#include <string>
#include <vector>

#include "base/error.h"

namespace galley::app {

struct RenderCommand {
    std::vector<std::string> files;  // "-": standard input
    std::string output;              // file, folder, "-" for standard output; "": the second of two files
    std::string data;                // JSON for a template
    std::string encoding;
    std::string base_url;
    std::string page_size;
    std::string margin;
    std::string title;
    std::string author;
    std::string language;
    std::string media_type = "print";
    std::string pdf_identifier;
    std::string pdf_version = "1.7";
    std::vector<std::string> stylesheets;
    std::vector<std::string> attachments;
    std::vector<std::string> allowed_folders;
    std::vector<std::string> optimize;  // taken and without effect: what WeasyPrint does then is always done
    std::string resources = "warn";     // or "ignore", "fail"
    std::string pdf_variant;            // not offered
    std::string ca_file;                // PEM, beside the system's certificates
    int timeout_seconds = 30;           // of each address
    bool allow_remote = false;          // resources from the web
    bool allow_private = false;         // and from the machine's own networks
    bool presentational_hints = false;  // always followed
    bool custom_metadata = false;       // <meta> of any name
    bool uncompressed = false;
    bool html_only = false;   // the HTML that would be rendered
    bool dump_boxes = false;  // text instead of a PDF
    bool watch = false;
    bool json = false;
    bool quiet = false;
    bool timings = false;
    bool verbose = false;
    bool info = false;
};

int render_files(const RenderCommand& command);

// Who renders an address, or below one, wants its resources as well.
bool may_fetch(const RenderCommand& command);

struct RenderStep {
    std::string input;
    std::string output;
};
Result<std::vector<RenderStep>> plan_render(const RenderCommand& command);

}  // namespace galley::app
