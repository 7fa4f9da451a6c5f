// src/api/document_schemas.h — the shapes of documents in the API: what is asked for, what is answered.
#pragma once

#include <vector>

#include "api/schema.h"

namespace galley::api {

std::vector<NamedSchema> document_schemas();

}  // namespace galley::api
