#include "document/pdf/pdf_file.h"

#include "document/pdf/number_text.h"

namespace galley::document {
namespace {

constexpr std::size_t kObjectsPerStream = 200;

void append_big_endian(std::string& out, std::uint64_t value, int bytes) {
    for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) out += static_cast<char>(value >> shift & 0xFF);
}

}  // namespace

std::string reference(ObjectId id) {
    return std::to_string(id) + " 0 R";
}

PdfFile::PdfFile(codec::DeflatePool& deflate, int level, const PdfFormat& format)
    : deflate_(deflate), level_(level), format_(format) {
    out_ = "%PDF-" + format_.version + "\n%\xE2\xE3\xCF\xD3\n";
    places_.emplace_back();  // object 0 is the head of the free list
}

ObjectId PdfFile::reserve() {
    places_.emplace_back();
    return static_cast<ObjectId>(places_.size() - 1);
}

void PdfFile::put(ObjectId id, std::string_view value) {
    hash_.update(value);
    if (!format_.compressed) {
        places_[id].offset = out_.size();
        append_integer(out_, id);
        out_.append(" 0 obj\n").append(value).append("\nendobj\n");
        return;
    }
    pending_.push_back({id, pending_values_.size()});
    pending_values_ += value;
    pending_values_ += '\n';
    if (pending_.size() >= kObjectsPerStream) flush_values();
}

ObjectId PdfFile::add(std::string_view value) {
    const ObjectId id = reserve();
    put(id, value);
    return id;
}

void PdfFile::begin_stream(ObjectId id, std::string_view entries, std::size_t length) {
    places_[id].offset = out_.size();
    append_integer(out_, id);
    out_ += " 0 obj\n<<";
    out_ += entries;
    out_ += "/Length ";
    append_integer(out_, static_cast<std::int64_t>(length));
    out_ += ">>\nstream\n";
    hash_.update(entries);
}

void PdfFile::end_stream() {
    out_ += "\nendstream\nendobj\n";
}

void PdfFile::put_stream(ObjectId id, std::string_view entries, std::string_view data) {
    begin_stream(id, entries, data.size());
    out_ += data;
    hash_.update(data);
    end_stream();
}

ObjectId PdfFile::add_stream(std::string_view entries, std::string_view data) {
    const ObjectId id = reserve();
    put_stream(id, entries, data);
    return id;
}

ObjectId PdfFile::add_known_stream(std::string_view entries, std::string_view data, const Digest& digest) {
    const ObjectId id = reserve();
    begin_stream(id, entries, data.size());
    out_ += data;
    hash_.update(digest.view());
    end_stream();
    return id;
}

Bytes PdfFile::deflated(std::string_view data) {
    Bytes out;
    deflate_.compress(data, level_, out);
    return out;
}

void PdfFile::put_deflated(ObjectId id, std::string_view entries, std::string_view data) {
    if (!format_.compressed) return put_stream(id, entries, data);
    deflated_.clear();
    deflate_.compress(data, level_, deflated_);
    put_stream(id, std::string(entries) + "/Filter/FlateDecode", deflated_);
}

ObjectId PdfFile::add_deflated(std::string_view entries, std::string_view data) {
    const ObjectId id = reserve();
    put_deflated(id, entries, data);
    return id;
}

// An object stream is a table "number offset …" followed by the values.
void PdfFile::flush_values() {
    if (pending_.empty()) return;
    const ObjectId container = reserve();
    std::string body;
    for (std::uint32_t i = 0; i < pending_.size(); ++i) {
        append_integer(body, pending_[i].id);
        body += ' ';
        append_integer(body, static_cast<std::int64_t>(pending_[i].offset));
        body += ' ';
        places_[pending_[i].id] = {0, container, i};
    }
    const std::size_t first = body.size();
    body += pending_values_;
    put_deflated(container, "/Type/ObjStm/N " + std::to_string(pending_.size()) + "/First " + std::to_string(first),
                 body);
    pending_.clear();
    pending_values_.clear();
}

std::string PdfFile::cross_reference() const {
    std::string table;
    append_big_endian(table, 0, 5);
    append_big_endian(table, 0xFFFF, 2);
    for (std::size_t id = 1; id < places_.size(); ++id) {
        const Place& place = places_[id];
        table += place.container != 0 ? '\2' : place.offset != 0 ? '\1' : '\0';
        append_big_endian(table, place.container != 0 ? place.container : place.offset, 4);
        append_big_endian(table, place.index, 2);
    }
    return table;
}

Bytes PdfFile::finish(std::string_view trailer) {
    flush_values();
    const ObjectId id = reserve();
    const std::uint64_t start = out_.size();
    places_[id].offset = start;
    hash_.update(trailer);
    const std::string digest = hex_encode(hash_.finish().view().substr(0, 16));
    const std::string first = format_.identifier.empty() ? digest : hex_encode(format_.identifier);
    std::string entries = "/Type/XRef/W[1 4 2]/Size " + std::to_string(places_.size());
    entries += trailer;
    entries += "/ID[<" + first + "><" + digest + ">]/Filter/FlateDecode";
    deflated_.clear();
    deflate_.compress(cross_reference(), level_, deflated_);
    out_ += std::to_string(id) + " 0 obj\n<<" + entries + "/Length " + std::to_string(deflated_.size()) +
            ">>\nstream\n" + deflated_;
    end_stream();
    out_ += "startxref\n" + std::to_string(start) + "\n%%EOF\n";
    return std::move(out_);
}

}  // namespace galley::document
