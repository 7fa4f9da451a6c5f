#include "app/cli.h"
#include "app/commands.h"

namespace galley::app {

void add_render(CLI::App& root, Chosen& chosen) {
    static RenderCommand render;
    CLI::App* command = root.add_subcommand("render", "Render HTML, or a room's JSON, to PDF without a server");
    command->footer(
        "Examples:\n  galley render invoice.html -o invoice.pdf\n  galley render room.json -o room.pdf\n  cat "
        "page.html | galley render - -o - > page.pdf");
    command->add_option("input", render.input, "HTML file or room JSON; - reads standard input")->required();
    command->add_option("-o,--output", render.output, "PDF file; - writes standard output")->required();
    command->add_option("-s,--stylesheet", render.stylesheets,
                        "CSS file applied after the document's own; may be repeated");
    command->add_option("--page-size", render.page_size, "As CSS size: A4, \"A5 landscape\", \"100mm 150mm\"");
    command->add_flag("--html", render.html_only,
                      "Write the HTML that would be rendered (of a room: the filled template)");
    command->add_flag("-q,--quiet", render.quiet, "No warnings and no summary on standard error");
    command->callback([&chosen] { chosen = [] { return render_file(render); }; });
}

}  // namespace galley::app
