#include <fmt/format.h>

#include <cstdio>

#include "app/commands.h"
#include "app/document_input.h"
#include "app/file_loader.h"
#include "app/fonts.h"
#include "document/document.h"
#include "os/files.h"

namespace galley::app {

namespace {

Result<void> write_output(const std::string& path, std::string_view bytes) {
    if (path != "-") return os::system_files().write(path, {bytes}, os::Files::Sync::No);
    if (std::fwrite(bytes.data(), 1, bytes.size(), stdout) == bytes.size() && std::fflush(stdout) == 0) return {};
    return fail(ErrorCode::Unavailable, "standard output could not be written");
}

Result<document::Rendered> render_html(std::string_view html, const RenderCommand& command) {
    const SystemFonts fonts;
    const FileLoader loader(command.input);
    document::Engine engine(fonts);
    document::RenderOptions options;
    options.base_url = loader.base_url();
    options.loader = &loader;
    if (!command.page_size.empty()) options.extra_sheets.push_back("@page { size: " + command.page_size + " }");
    for (const std::string& path : command.stylesheets) {
        GALLEY_TRY(Bytes sheet, os::system_files().read(path, kDocumentInputBytesMax));
        options.extra_sheets.push_back(std::move(sheet));
    }
    return engine.render_pdf(html, options);
}

Result<void> run(const RenderCommand& command) {
    GALLEY_TRY(const std::string html, read_document(command.input));
    if (command.html_only) return write_output(command.output, html);
    GALLEY_TRY(const document::Rendered rendered, render_html(html, command));
    GALLEY_TRY_VOID(write_output(command.output, rendered.pdf));
    if (command.quiet) return {};
    for (const std::string& warning : rendered.warnings) fmt::print(stderr, "warning: {}\n", warning);
    fmt::print(stderr, "{}: {} page{}, {} bytes\n", command.output, rendered.page_count,
               rendered.page_count == 1 ? "" : "s", rendered.pdf.size());
    return {};
}

}  // namespace

int render_file(const RenderCommand& command) {
    const Result<void> done = run(command);
    return done ? 0 : report(done.error());
}

}  // namespace galley::app
