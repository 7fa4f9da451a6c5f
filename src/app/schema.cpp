#include "app/schema.h"

#include "api/idempotency.h"
#include "auth/migrations.h"
#include "jobs/monitoring/metrics_journal.h"
#include "jobs/render/document_store.h"
#include "rooms/schema.h"
#include "schedule/schema.h"
#include "tasks/engine.h"

namespace galley::app {

std::vector<store::Component> all_schemas() {
    return {tasks::schema(),           tasks::outside_schema(),     auth::auth_migrations(),
            rooms::schema(),           schedule::schedule_schema(), jobs::journal_schema(),
            api::idempotency_schema(), jobs::document_schema()};
}

}  // namespace galley::app
