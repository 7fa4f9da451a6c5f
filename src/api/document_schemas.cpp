#include "api/document_schemas.h"

#include "api/document_request.h"
#include "jobs/render/document_store.h"
#include "jobs/render/page_css.h"
#include "net/web_address.h"
#include "tasks/task.h"

namespace galley::api {

namespace {

Schema metadata() {
    const Schema line = nullable(text({.max = kMetadataBytesMax}));
    return object({optional("title", line, "else the document's own"), optional("author", line),
                   optional("subject", line), optional("keywords", line),
                   optional("language", line, "such as en or pt-BR"),
                   optional("generator", line, "what the document was written with"),
                   optional("created", nullable(text()), "RFC 3339; else the document's own, or none"),
                   optional("modified", nullable(text()), "likewise")});
}

Schema limits() {
    const Schema positive = nullable(integer({.min = 1}));
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(tasks::kTimeoutDefault).count();
    return object({optional("pages_max", positive), optional("elements_max", positive, "elements and texts"),
                   optional("output_bytes_max", positive),
                   optional("timeout_seconds", nullable(integer({.min = 1, .max = seconds})), "of one attempt")});
}

Schema options() {
    const Bounds page{.min = 1, .max = jobs::kPageTextBytesMax};
    return object(
        {optional("page_size", nullable(text(page)), "A4, \"letter landscape\", \"100mm 150mm\""),
         optional("margin", nullable(text(page)), "one to four lengths: \"2cm\", \"20mm 15mm\""),
         optional("stylesheets", nullable(array(text({.max = kStyleSheetBytesMax}), {.max = kStyleSheetsMax})),
                  "CSS that is applied after the document's own"),
         optional("metadata", nullable(metadata())), optional("limits", nullable(limits()), "lower than the server's"),
         optional("file_name", nullable(text({.min = 1, .max = kFileNameBytesMax})), "for who downloads it"),
         optional("resource_policy", nullable(with_default(one_of({"ignore", "warn", "fail"}), "\"warn\"")),
                  "what becomes of a missing image, font or style sheet"),
         optional("attachments", nullable(array(text({.min = 1, .max = kFilePathBytesMax}), {.max = kAttachmentsMax})),
                  "paths of files of the form that go into the PDF"),
         optional("remote", nullable(one_of({"none", "same-origin", "any"})),
                  "which addresses are fetched for the document; any for a url, else none"),
         optional("base_url", nullable(text({.min = 1, .max = net::kWebAddressBytesMax})),
                  "where relative addresses begin; files of the form stand for what lies below it"),
         optional("media_type", nullable(with_default(text({.min = 1, .max = kMediaTypeBytesMax}), "\"print\"")),
                  "that @media rules are asked for"),
         optional("custom_metadata", nullable(with_default(boolean(), "false")),
                  "keep meta elements of any name in the PDF, too"),
         optional("pdf_version", nullable(with_default(one_of({"1.5", "1.6", "1.7", "2.0"}), "\"1.7\""))),
         optional("pdf_identifier", nullable(text({.max = kPdfIdentifierBytesMax})),
                  "instead of the one that follows from the content"),
         optional("encryption", any(), "not offered yet: 422"),
         optional("pdf_variant", any(), "not offered yet: 422")});
}

Schema new_document() {
    return object({optional("html", nullable(text()), "the document"),
                   optional("template_source", nullable(text()), "instead of html: a Jinja template"),
                   optional("data", nullable(map(any())), "the template's variables"),
                   optional("template", nullable(text({.min = 1, .max = 200})), "not offered yet: 422"),
                   optional("url", nullable(text({.min = 1, .max = net::kWebAddressBytesMax})),
                            "instead of html: an address that it is fetched from"),
                   optional("engine", nullable(with_default(one_of({"native", "chromium"}), "\"native\"")),
                            "chromium is not offered: 422"),
                   optional("options", nullable(options()))});
}

Schema digest() {
    return text_like("^[0-9a-f]{64}$");
}

Schema document_ref() {
    return object({field("task_id", text(), "the task that makes it"),
                   field("status", one_of({"scheduled", "pending", "running", "completed", "failed", "cancelled"})),
                   field("content_hash", digest(),
                         "names the document: of all that decides its bytes; or what was asked for, when the web "
                         "decides them, too"),
                   field("download_url", text(), "path of the PDF")});
}

Schema resource() {
    return object({field("url", text(), "as the document names it"), optional("bytes", integer({.min = 0})),
                   optional("sha256", digest()), optional("missing", text(), "why it is not there"),
                   optional("status", integer({.min = 100, .max = 999}), "of the answer that it was fetched with"),
                   optional("final_url", text(), "where redirects led")});
}

Schema document_report() {
    return object({field("content_hash", digest()), field("file_size", integer({.min = 0}), "bytes of the PDF"),
                   field("created_at", time_text(), "first asked for"),
                   field("completed_at", nullable(time_text()), "first made"), field("download_url", text()),
                   field("page_count", integer({.min = 0})), field("warnings", array(text())),
                   field("resources", array(resource()), "what the document asked for, each once")});
}

}  // namespace

std::vector<NamedSchema> document_schemas() {
    return {
        {"DocumentRef", "a document that was asked for", document_ref()},
        {"DocumentReport", "what is known of a document", document_report()},
        {"NewDocument", "what a document shall be made from", new_document(), Objects::Closed},
    };
}

}  // namespace galley::api
