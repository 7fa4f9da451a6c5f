#include "tasks/handler.h"

namespace galley::tasks {

Outcome Outcome::from_error(const Error& error) {
    switch (error.code) {
        case ErrorCode::Unavailable:
        case ErrorCode::DeadlineExceeded:
            return retry(error.to_string());
        case ErrorCode::Cancelled:
            return cancel(error.message);
        default:
            return fail(error.to_string());
    }
}

}  // namespace galley::tasks
