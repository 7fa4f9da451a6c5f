// Which file becomes which.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "app/render_command.h"
#include "document/pdf/pdf_options.h"
#include "net/web_address.h"

namespace galley::app {

namespace {

std::unexpected<Error> wrong(std::string message, std::string where = {}) {
    return fail(ErrorCode::InvalidInput, std::move(message), std::move(where));
}

bool is_folder(const std::string& path) {
    std::error_code error;
    return path.ends_with('/') || std::filesystem::is_directory(path, error);
}

// "two.html" may be meant as a second input: it must not be overwritten.
bool looks_like_input(const std::string& path) {
    constexpr std::string_view kEndings[] = {".html", ".htm", ".xhtml", ".json", ".j2", ".css"};
    return std::ranges::any_of(kEndings, [&path](std::string_view ending) { return path.ends_with(ending); });
}

// "a/invoice.html.j2" → "invoice.pdf"; "https://example.org/?page" → "example.org.pdf"
std::string pdf_name(std::string input) {
    if (net::is_web_address(input)) {
        input.erase(std::min(input.find_first_of("?#"), input.size()));
        const auto address = net::parse_web_address(input);
        if (address && address->target == "/") return address->host + ".pdf";
        if (input.ends_with('/')) input.pop_back();
    }
    std::string name = std::filesystem::path(input).filename().string();
    if (name.ends_with(".j2")) name.resize(name.size() - 3);
    return std::filesystem::path(name).stem().string() + ".pdf";
}

Result<std::vector<RenderStep>> into_folder(const RenderCommand& command) {
    std::vector<RenderStep> steps;
    std::set<std::string> outputs;
    for (const std::string& input : command.files) {
        if (input == "-") return wrong("standard input has no name; give its PDF one with -o FILE");
        std::string output = (std::filesystem::path(command.output) / pdf_name(input)).string();
        if (!outputs.insert(output).second) return wrong("two inputs would become this file", output);
        steps.push_back({input, std::move(output)});
    }
    return steps;
}

Result<std::vector<RenderStep>> as_weasyprint(const RenderCommand& command) {
    if (command.files.size() == 1)
        return wrong("say where the PDF goes: galley render IN OUT, or -o OUT (- is standard output)");
    if (command.files.size() > 2) return wrong("several inputs need -o FOLDER");
    if (looks_like_input(command.files[1]))
        return wrong("this would be overwritten; several inputs need -o FOLDER, another output -o FILE",
                     command.files[1]);
    return std::vector<RenderStep>{{command.files[0], command.files[1]}};
}

Result<void> check_offered(const RenderCommand& command) {
    if (std::ranges::find(document::kPdfVersions, command.pdf_version) == std::end(document::kPdfVersions))
        return wrong("--pdf-version: 1.5, 1.6, 1.7 or 2.0 is written, not " + command.pdf_version);
    if (!command.pdf_variant.empty())
        return fail(ErrorCode::Unsupported, "--pdf-variant: PDF/A and PDF/UA are not offered yet");
    for (const auto* list : {&command.stylesheets, &command.attachments}) {
        const auto remote = std::ranges::find_if(*list, net::is_web_address);
        if (remote != list->end() && !may_fetch(command))
            return wrong("-s, -a: nothing is fetched from other machines without --allow-remote", *remote);
    }
    return {};
}

}  // namespace

bool may_fetch(const RenderCommand& command) {
    return command.allow_remote || command.allow_private || net::is_web_address(command.base_url) ||
           std::ranges::any_of(command.files, net::is_web_address);
}

Result<std::vector<RenderStep>> plan_render(const RenderCommand& command) {
    GALLEY_TRY_VOID(check_offered(command));
    if (command.files.empty()) return wrong("say what to render: a file, or - for standard input");
    if (command.output.empty()) return as_weasyprint(command);
    if (command.output != "-" && (command.files.size() > 1 || is_folder(command.output))) {
        if (!is_folder(command.output)) return wrong("several inputs need a folder that is there", command.output);
        return into_folder(command);
    }
    if (command.files.size() > 1) return wrong("standard output takes one PDF");
    return std::vector<RenderStep>{{command.files[0], command.output}};
}

}  // namespace galley::app
