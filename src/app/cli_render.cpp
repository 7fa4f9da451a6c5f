#include "app/cli.h"
#include "app/render_command.h"

namespace galley::app {

namespace {

constexpr const char* kExamples =
    "Examples:\n"
    "  galley render invoice.html invoice.pdf\n"
    "  galley render room.json -o room.pdf\n"
    "  galley render letter.html.j2 --data ann.json -o letter.pdf\n"
    "  cat page.html | galley render - - > page.pdf\n"
    "  galley render a.html b.html c.html -o pdf/ --json\n"
    "  galley render report.html report.pdf -s print.css --watch\n"
    "  galley render https://example.org/ example.pdf\n"
    "Exit codes: 0 all were rendered, 1 one was not, 2 wrong usage.";

void add_input(CLI::App& command, RenderCommand& render) {
    command.add_option("files", render.files,
                       "HTML, a template (.j2) or a room's JSON, as a file or an address; - reads standard input. Of "
                       "two without -o the second is the PDF");
    command.add_option("-o,--output", render.output,
                       "PDF file, or for several inputs the folder for their PDFs; - writes standard output");
    command.add_option("--data", render.data, "JSON file whose members are a template's variables");
    command.add_option("-e,--encoding", render.encoding, "Of the input; else what it says itself");
    command.add_option("-u,--base-url", render.base_url,
                       "Where relative addresses begin: a folder, a file or an address of the web");
    command
        .add_option("--allow-folder", render.allowed_folders,
                    "Files of this folder may be loaded, too; may be repeated")
        ->allow_extra_args(false);
    command
        .add_option("--resources", render.resources, "When an image, font or sheet is missing: ignore, warn or fail")
        ->check(CLI::IsMember({"ignore", "warn", "fail"}))
        ->capture_default_str();
    command.add_flag("--allow-remote", render.allow_remote,
                     "Resources are fetched from the web, too; an input or a base that is an address implies it");
    command.add_flag("--allow-private", render.allow_private,
                     "And from private addresses, this machine's included; never from link-local ones");
    command.add_option("-t,--timeout", render.timeout_seconds, "Seconds to fetch what lies at one address")
        ->check(CLI::Range(1, 600))
        ->capture_default_str();
    command.add_option("--ca-file", render.ca_file, "PEM file of certificates to believe beside the system's");
}

void add_style(CLI::App& command, RenderCommand& render) {
    command
        .add_option("-s,--stylesheet", render.stylesheets,
                    "CSS file of the user's origin: weaker than the document's own but for what is !important; may be "
                    "repeated")
        ->allow_extra_args(false);
    command.add_option("-m,--media-type", render.media_type, "That @media rules are asked for")->capture_default_str();
    command.add_option("--page-size", render.page_size, "As CSS size: A4, \"A5 landscape\", \"100mm 150mm\"");
    command.add_option("--margin", render.margin, "Of pages, one to four lengths: 2cm, \"20mm 15mm\"");
    command.add_flag("-p,--presentational-hints", render.presentational_hints,
                     "Taken for WeasyPrint's sake: attributes such as width and align are always followed");
    command
        .add_option("-O,--optimize-size", render.optimize,
                    "Taken for WeasyPrint's sake (images, fonts, all, none): fonts are always subset, each image "
                    "once")
        ->check(CLI::IsMember({"images", "fonts", "all", "none"}))
        ->allow_extra_args(false);
}

void add_file(CLI::App& command, RenderCommand& render) {
    command.add_option("--title", render.title, "Instead of the document's own");
    command.add_option("--author", render.author, "Likewise");
    command.add_option("--language", render.language, "Likewise, such as en");
    command.add_flag("--custom-metadata", render.custom_metadata, "Keep <meta> elements of any name in the PDF, too");
    command.add_option("-a,--attachment", render.attachments, "File to attach to the PDF; may be repeated")
        ->allow_extra_args(false);
    command.add_option("--pdf-identifier", render.pdf_identifier, "Instead of the one that follows from the content");
    command.add_option("--pdf-version", render.pdf_version, "1.5, 1.6, 1.7 or 2.0")->capture_default_str();
    command.add_flag("--uncompressed-pdf", render.uncompressed,
                     "Readable with a text editor, but for fonts and images");
    command.add_option("--pdf-variant", render.pdf_variant, "Not offered yet");
}

void add_report(CLI::App& command, RenderCommand& render) {
    command.add_flag("--watch", render.watch, "Render again whenever an input or a file that it uses changes");
    command.add_flag("--html", render.html_only, "Write the HTML that would be rendered (the filled template)");
    command.add_flag("--dump-boxes", render.dump_boxes,
                     "Write the tree of boxes and what stands where on each page (in px) as text, instead of a PDF");
    command.add_flag("--json", render.json, "One JSON object for all documents instead of lines");
    command.add_flag("-i,--info", render.info, "Print the versions and exit");
    command.add_flag("--timings", render.timings, "The time of each phase on standard error");
    command.add_flag("-v,--verbose,-d,--debug", render.verbose, "Name each resource, too");
    command.add_flag("-q,--quiet", render.quiet, "No warnings and no summary on standard error");
}

}  // namespace

void add_render(CLI::App& root, Chosen& chosen) {
    static RenderCommand render;
    CLI::App* command = root.add_subcommand("render", "Render HTML, templates or rooms to PDF without a server");
    command->footer(kExamples);
    add_input(*command, render);
    add_style(*command, render);
    add_file(*command, render);
    add_report(*command, render);
    command->callback([&chosen] { chosen = [] { return render_files(render); }; });
}

}  // namespace galley::app
