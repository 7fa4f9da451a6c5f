// Documents: ask for one, get it, let it go (R30, R37).
#include <algorithm>

#include "api/creation.h"
#include "api/document_request.h"
#include "api/endpoint.h"
#include "api/json_parts.h"
#include "api/pdf_answer.h"
#include "api/room_access.h"
#include "api/schemas.h"
#include "api/waiting.h"
#include "auth/audit.h"
#include "codec/url.h"
#include "jobs/render/render_kind.h"
#include "net/conditional.h"

namespace galley::api {

namespace {

using auth::Action;
using store::Executor;

auth::AuditEntry audit_document(const Call& call, Action action, const Digest& hash) {
    auth::AuditEntry entry = audit_of(call, action);
    entry.object = hash.hex();
    return entry;
}

// ---- what is asked for

struct Order {
    Digest hash;
    Bytes encoded;  // what `kept` refers to
    jobs::KeptOrder kept;
    std::string file_name;
    std::optional<Duration> timeout;
    jobs::Fetching fetching = jobs::Fetching::No;
};

Result<std::shared_ptr<Order>> order_from(const Call& call) {
    GALLEY_TRY_VOID(auth::check_right(call.caller(), Action::DocumentCreate));
    GALLEY_TRY(DocumentRequest request, document_request(call));
    auto order = std::make_shared<Order>();
    if (jobs::needs_web(request.order)) order->fetching = jobs::Fetching::Yes;
    order->encoded = jobs::encode_order(std::move(request.order));
    order->hash = jobs::order_hash(order->encoded);
    order->file_name = std::move(request.file_name);
    order->timeout = request.timeout;
    GALLEY_TRY(order->kept, call.services().document_store.keep(order->hash, order->encoded));
    return order;
}

std::string ref_json(const tasks::TaskRef& task, const Digest& hash) {
    std::string out;
    codec::JsonWriter json(out);
    json.begin_object();
    json.field("task_id", task.id);
    json.field("status", tasks::state_name(task.state));
    json.field("content_hash", hash.hex());
    json.field("download_url", jobs::document_path(hash));
    json.end_object();
    return out;
}

// Document, its holder, its task and the audit entry: one transaction, so that 202 means that all are durable.
Result<tasks::TaskRef> create_in(Services& services, Executor& executor, const Order& order,
                                 const auth::AuditEntry& audit) {
    tasks::NewTask task = jobs::render_task(order.hash, order.fetching);
    task.created_by = audit.who;
    task.correlation_id = audit.request_id;
    task.timeout = order.timeout;
    GALLEY_TRY(tasks::TaskRef ref, services.tasks.enqueue(executor, task));
    GALLEY_TRY_VOID(services.document_store.hold_in(
        executor, order.kept,
        {.holder = audit.who, .name = order.file_name, .task_id = ref.id, .now = services.clock.now()}));
    GALLEY_TRY_VOID(auth::append_audit(executor, audit));
    return ref;
}

// ---- the PDF

Result<Digest> hash_in_path(const Call& call) {
    Result<Digest> hash = parse_digest(call.parameter("hash"));
    if (!hash) return fail(ErrorCode::NotFound, "no such document");
    return hash;
}

// Level 3: who did not ask for a document must not learn that it exists.
Result<jobs::StoredDocument> find_document(const Call& call, const Digest& hash, Action action) {
    GALLEY_TRY_VOID(auth::check_right(call.caller(), action));
    if (!call.caller().is_admin()) return call.services().document_store.find(hash, call.caller().email);
    return call.services().document_store.find(hash, std::nullopt);
}

std::string disposition(const jobs::StoredDocument& document) {
    const std::string name = document.name.empty() ? document.hash.hex().substr(0, 16) + ".pdf" : document.name;
    const bool ascii = std::ranges::all_of(name, [](char c) { return static_cast<signed char>(c) >= 0; });
    if (ascii) return "attachment; filename=\"" + name + "\"";
    return "attachment; filename*=UTF-8''" + codec::percent_encode(name);  // RFC 8187
}

void send_pdf(Call call, const jobs::StoredDocument& document, net::Body body, CacheOutcome outcome) {
    net::Response response = pdf_response(disposition(document), std::move(body), outcome);
    const bool read = call.request().method != net::Method::Post;
    if (read) {
        response.validators = {.etag = net::strong_etag(document.hash.hex()), .last_modified = document.completed_at};
    } else {
        response.add_header("Content-Location", jobs::document_path(document.hash));
    }
    std::move(call).respond(std::move(response));
}

// R26: evicted or damaged files are made again, and the reader only sees X-Cache: MISS.
void make_again(Call call, jobs::StoredDocument document) {
    jobs::DocumentMaker& maker = call.services().document_maker;
    const Digest hash = document.hash;
    auto shared = std::make_shared<Call>(std::move(call));
    maker.make_later(hash, [shared, document = std::move(document)](Result<SharedBytes> bytes) {
        shared->on_loop([shared, document, bytes = std::move(bytes)]() mutable {
            if (!bytes) return std::move(*shared).fail(bytes.error());
            send_pdf(std::move(*shared), document, net::SharedBody(std::move(*bytes)), CacheOutcome::Miss);
        });
    });
}

void send_made(Call call, jobs::StoredDocument document) {
    Result<cache::DocumentBody> cached = call.services().documents.get(document.hash);
    if (!cached) return make_again(std::move(call), std::move(document));
    send_pdf(std::move(call), document, body_of(std::move(*cached)), CacheOutcome::Hit);
}

// Level 5: only what was made has a PDF.
Error not_made(const Call& call, const jobs::StoredDocument& document) {
    const Result<tasks::TaskRecord> task = call.services().tasks.get(document.task_id);
    std::string why = "its task is no longer known; ask for it again";
    if (task && task->state == tasks::TaskState::Failed)
        why = "task " + task->id + " failed: " + task->error.value_or("unknown error");
    else if (task && task->state == tasks::TaskState::Cancelled)
        why = "task " + task->id + " was cancelled: " + task->error.value_or("");
    else if (task)
        why = "it is being made by task " + task->id;
    return {.code = ErrorCode::Conflict, .message = "the document was not made: " + why};
}

void get_document(Call call) {
    const Result<Digest> hash = hash_in_path(call);
    if (!hash) return std::move(call).fail(hash.error());
    Result<jobs::StoredDocument> document = find_document(call, *hash, Action::DocumentRead);
    if (!document) return std::move(call).fail(document.error());
    if (!document->completed_at) {
        const Error error = not_made(call, *document);
        return std::move(call).fail(error);
    }
    if (call.request().method == net::Method::Get) {
        // Who downloads what is written down; the answer need not wait for it.
        const auto audited = call.services().audit.add(audit_document(call, Action::DocumentRead, *hash));
        if (!audited) return std::move(call).fail(audited.error());
    }
    send_made(std::move(call), std::move(*document));
}

void get_report(Call call) {
    const Result<Digest> hash = hash_in_path(call);
    if (!hash) return std::move(call).fail(hash.error());
    const Result<jobs::StoredDocument> document = find_document(call, *hash, Action::DocumentRead);
    if (!document) return std::move(call).fail(document.error());
    if (!document->report) {
        const Error error = not_made(call, *document);
        return std::move(call).fail(error);
    }
    std::string out;
    codec::JsonWriter json(out);
    json.begin_object();
    json.field("content_hash", document->hash.hex());
    json.field("file_size", document->file_size);
    time_field(json, "created_at", document->created_at);
    time_field(json, "completed_at", document->completed_at);
    json.field("download_url", jobs::document_path(document->hash));
    json.end_object();
    out.back() = ',';
    out.append(*document->report, 1);
    std::move(call).json(200, std::move(out));
}

void delete_document(Call call) {
    const Result<Digest> hash = hash_in_path(call);
    if (!hash) return std::move(call).fail(hash.error());
    const Result<jobs::StoredDocument> document = find_document(call, *hash, Action::DocumentDelete);
    if (!document) return std::move(call).fail(document.error());
    auto work = [&services = call.services(), hash = *hash, admin = call.caller().is_admin(),
                 audit =
                     audit_document(call, Action::DocumentDelete, *hash)](Executor& executor) -> Result<jobs::LetGo> {
        const auto holder = admin ? std::nullopt : std::optional<std::string_view>(audit.who);
        GALLEY_TRY(const jobs::LetGo let_go, services.document_store.let_go_in(executor, hash, holder));
        GALLEY_TRY_VOID(auth::append_audit(executor, audit));
        return let_go;
    };
    write_then(std::move(call), std::move(work), [](Call done, const jobs::LetGo& let_go) {
        for (const Digest& gone : let_go.last) {
            (void)done.services().documents.invalidate(gone);       // NotFound is as good
            (void)done.services().document_store.order_gone(gone);  // what stays is swept at the next start
        }
        std::move(done).respond({.status = 204, .content_type = {}, .headers = {}, .body = {}});
    });
}

// ---- asking for one

bool wants_pdf(const net::Request& request) {
    const auto accept = request.header("accept");
    return accept && accept->find(kPdfType) != accept->npos;
}

struct Waited {
    std::string task_id;
    Digest hash;
    KeptAnswer accepted;  // when the time is up
};

Error failure_of(const tasks::TaskRecord& task) {
    const std::string why = task.error.value_or("unknown error");
    if (task.state == tasks::TaskState::Cancelled)
        return {.code = ErrorCode::Conflict, .message = "task " + task.id + " was cancelled: " + why};
    return {.code = ErrorCode::Unsupported, .message = "task " + task.id + " failed: " + why};
}

void send_finished(Call call, const tasks::TaskRecord& task, const Digest& hash) {
    Result<jobs::StoredDocument> document = find_document(call, hash, Action::DocumentCreate);
    if (!document) return std::move(call).fail(document.error());
    if (!wants_pdf(call.request())) {
        net::Response response = net::json_response(201, task_json(task));
        response.add_header("Location", jobs::document_path(document->hash));
        return std::move(call).respond(std::move(response));
    }
    send_made(std::move(call), std::move(*document));
}

void answer_waited(Call call, const Waited& waited) {
    const Result<tasks::TaskRecord> task = call.services().tasks.get(waited.task_id);
    if (!task) return std::move(call).fail(task.error());
    if (task->state == tasks::TaskState::Completed) return send_finished(std::move(call), *task, waited.hash);
    if (tasks::is_terminal(task->state)) return std::move(call).fail(failure_of(*task));
    send_outcome(std::move(call), {waited.accepted, Answered::Now});
}

void create_document(Call call) {
    const Result<std::optional<Duration>> wait = wait_request(call);
    if (!wait) return std::move(call).fail(wait.error());
    Result<std::shared_ptr<Order>> order = order_from(call);
    if (!order) return std::move(call).fail(order.error());
    auto work = [&services = call.services(), order = *order,
                 audit = audit_document(call, Action::DocumentCreate, (*order)->hash)](Executor& executor) {
        return create_in(services, executor, *order, audit);
    };
    const Digest hash = (*order)->hash;
    auto respond = [hash](const net::Request&, const tasks::TaskRef& ref) {
        return KeptAnswer{202, "/api/v1/tasks/" + ref.id, ref_json(ref, hash)};
    };
    auto send = [wait = *wait, hash](Call done, Outcome outcome) {
        constexpr std::string_view kTasks = "/api/v1/tasks/";
        if (!wait) return send_outcome(std::move(done), std::move(outcome));
        const std::string task_id = outcome.answer.location.substr(kTasks.size());
        wait_for_task(std::move(done), task_id, *wait, [waited = Waited{task_id, hash, outcome.answer}](Call later) {
            answer_waited(std::move(later), waited);
        });
    };
    create_then(std::move(call), std::move(work), respond, send);
}

}  // namespace

std::vector<EndpointRow> document_endpoints() {
    using enum net::Method;
    using enum auth::RateClass;
    return {

        {.method = Post,
         .pattern = "/api/v1/documents",
         .name = "document_create",
         .tag = "documents",
         .summary = "Render HTML, a template with data, or what lies at an address, to PDF",
         .description =
             "Answers once document and task are durable; the PDF is made in a child process. With `?wait=` the answer "
             "is the finished task, or with `Accept: application/pdf` the PDF itself. The same body gives the same "
             "`content_hash` and the same bytes, from the cache when they are there. A body of multipart/form-data has "
             "the parts `index.html`, `options` (the JSON of that member) and files by their relative paths. "
             "With `url`, or `options.remote`, other servers are asked each time: then the `content_hash` of the "
             "answer 202 names the question, and the task's result the document that came of it. "
             "docs/documents.md says what each option does.",
         .rate_class = Write,
         .body_bytes_max = &ServiceLimits::document_body_bytes_max,
         .idempotency = Idempotency::Keyed,
         .query = {wait_parameter()},
         .body = ref("NewDocument"),
         .body_example = R"({"html":"<h1>Invoice 7</h1>","options":{"page_size":"A5","margin":"15mm"}})",
         .answers = {{.status = 200,
                      .description = "made: the PDF (with `wait` and `Accept: application/pdf`)",
                      .schema = binary(),
                      .content_type = "application/pdf",
                      .headers = {{"Content-Location", "path of the document"},
                                  {"Content-Disposition", "the file's name"},
                                  {"X-Cache", "HIT when it was in the cache, MISS when it was made again"}}},
                     {.status = 201,
                      .description = "made: the finished task (with `wait`)",
                      .schema = ref("Task"),
                      .headers = {{"Location", "path of the document"}}},
                     accepted("accepted", ref("DocumentRef"), {{"Location", "path of the task"}})},
         .problems = {{409, "its task was cancelled while the call waited"},
                      {422,
                       "a limit is exceeded, an option is not offered, the document could not be made (with "
                       "`wait`), or the Idempotency-Key was used with another request"}},
         .handler = create_document},
        {.method = Get,
         .pattern = "/api/v1/documents/{hash}",
         .name = "document_get",
         .tag = "documents",
         .summary = "The PDF",
         .description =
             "For who asked for it, and administrators. With ETag, Last-Modified and ranges; a file that was "
             "evicted or damaged is made again (`X-Cache: MISS`).",
         .rate_class = Download,
         .answers = {pdf_answer(200, "the PDF"),
                     pdf_answer(206, "the part of it that Range asked for"),
                     {.status = 304, .description = "the caller's copy is current"}},
         .problems = {{409, "the document was not made, or not yet"},
                      {412, "If-Match or If-Unmodified-Since fails"},
                      {416, "the range lies outside the file"}},
         .handler = get_document},
        {.method = Get,
         .pattern = "/api/v1/documents/{hash}/report",
         .name = "document_report",
         .tag = "documents",
         .summary = "What is known of a document: pages, warnings, resources",
         .description = "`resources` lists what the document asked for, with digest and size, or why it is missing.",
         .answers = {answer_of(200, "the report", ref("DocumentReport"))},
         .problems = {{409, "the document was not made, or not yet"}},
         .handler = get_report},
        {.method = Delete,
         .pattern = "/api/v1/documents/{hash}",
         .name = "document_delete",
         .tag = "documents",
         .summary = "Let a document go",
         .description =
             "The caller's hold ends; an administrator ends everyone's. With the last one go the PDF and all "
             "that it was made from.",
         .rate_class = Write,
         .answers = {no_content("let go")},
         .handler = delete_document},
    };
}

}  // namespace galley::api
