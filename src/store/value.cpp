#include "store/value.h"

namespace galley::store {

std::int64_t Value::integer() const {
    if (is_null()) return 0;
    GALLEY_CHECK(type() == ValueType::Integer);
    return std::get<std::int64_t>(data_);
}

double Value::number() const {
    if (is_null()) return 0.0;
    if (type() == ValueType::Integer) return static_cast<double>(integer());
    GALLEY_CHECK(type() == ValueType::Double);
    return std::get<double>(data_);
}

std::string_view Value::text() const {
    if (is_null()) return {};
    GALLEY_CHECK(type() == ValueType::Text);
    return std::get<std::string_view>(data_);
}

std::string_view Value::blob() const {
    if (is_null()) return {};
    GALLEY_CHECK(type() == ValueType::Blob);
    return std::get<Blob>(data_).bytes;
}

Row Rows::operator[](std::size_t index) const {
    GALLEY_CHECK(index < size());
    return Row(std::span(values_).subspan(index * columns_, columns_));
}

void Rows::append(const Row& row) {
    columns_ = row.size();
    for (std::size_t i = 0; i < row.size(); ++i) {
        const Value& value = row[i];
        if (value.type() == ValueType::Text) {
            values_.emplace_back(std::string_view(texts_.emplace_back(value.text())));
        } else if (value.type() == ValueType::Blob) {
            values_.emplace_back(Blob{texts_.emplace_back(value.blob())});
        } else {
            values_.push_back(value);
        }
    }
}

}  // namespace galley::store
