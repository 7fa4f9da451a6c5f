#include "rooms/room_schema.h"

#include <algorithm>
#include <array>
#include <vector>

#include "codec/date.h"
#include "codec/json_writer.h"

namespace galley::rooms {

namespace {

using enum FieldType;
using enum Need;
constexpr Print kPrinted = Print::Yes;

constexpr FieldRule kCargo[] = {
    {"grade", Text, Required, kPrinted},         {"quantity_bbl", Number, Required, kPrinted},
    {"quantity_mt", Number, Required, kPrinted}, {"tolerance_percent", Number, Optional, kPrinted},
    {"api_gravity", Number, Optional, kPrinted},
};
constexpr FieldRule kRoom[] = {
    {"id", Text, Optional},
    {"reference", Text, Required, kPrinted},
    {"title", Text, Required, kPrinted},
    {"type", Text, Optional},
    {"status", Text, Optional},
    {"location", Text, Optional, kPrinted},
    {"laycan_from", Text, Optional, kPrinted},
    {"laycan_to", Text, Optional, kPrinted},
    {"sts_eta", Time, Nullable},
    {"cargo", Object, Nullable, kPrinted, kCargo},
    {"created_at", Time, Optional},
    {"created_by", Text, Optional, kPrinted},
    {"description", Text, Optional, kPrinted},
};
constexpr FieldRule kParty[] = {
    {"id", Text, Required},
    {"role", Text, Required, kPrinted},
    {"name", Text, Required, kPrinted},
    {"company", Text, Optional, kPrinted},
    {"country", Text, Optional, kPrinted},
    {"email", Text, Optional, kPrinted},
    {"phone", Text, Nullable},
    {"status", Text, Optional, kPrinted},
    {"joined_at", Time, Nullable},
};
constexpr FieldRule kVessel[] = {
    {"id", Text, Required},
    {"name", Text, Required, kPrinted},
    {"vessel_type", Text, Optional, kPrinted},
    {"imo", Text, Optional, kPrinted},
    {"flag", Text, Optional, kPrinted},
    {"loa_m", Number, Nullable, kPrinted},
    {"beam_m", Number, Nullable, kPrinted},
    {"draft_m", Number, Nullable, kPrinted},
    {"gross_tonnage", Number, Nullable},
    {"deadweight", Number, Nullable, kPrinted},
    {"built", Integer, Nullable, kPrinted},
    {"status", Text, Optional, kPrinted},
    {"owner_party", Text, Nullable},
};
constexpr FieldRule kDocument[] = {
    {"id", Text, Required},
    {"type_code", Text, Required, kPrinted},
    {"type_name", Text, Required, kPrinted},
    {"required_for", Text, Optional},
    {"criticality", Text, Optional, kPrinted},
    {"status", Text, Required, kPrinted},
    {"version", Integer, Optional, kPrinted},
    {"vessel", Text, Nullable, kPrinted},
    {"uploaded_by", Text, Nullable},
    {"uploaded_at", Time, Nullable, kPrinted},
    {"expires_on", Text, Nullable, kPrinted},
    {"file_size", Integer, Optional},
    {"notes", Text, Nullable, kPrinted},
};
constexpr FieldRule kApproval[] = {
    {"id", Text, Required},
    {"party", Text, Required, kPrinted},
    {"party_role", Text, Optional, kPrinted},
    {"document", Text, Required, kPrinted},
    {"document_id", Text, Optional},
    {"status", Text, Required, kPrinted},
    {"decided_at", Time, Nullable, kPrinted},
    {"comment", Text, Nullable, kPrinted},
};
constexpr FieldRule kActivity[] = {
    {"id", Text, Optional},     {"timestamp", Time, Optional, kPrinted}, {"actor", Text, Optional, kPrinted},
    {"action", Text, Optional}, {"text", Text, Required, kPrinted},      {"ip", Text, Nullable},
};
constexpr FieldRule kSummary[] = {
    {"documents_total", Integer, Optional, kPrinted},
    {"documents_approved", Integer, Optional, kPrinted},
    {"documents_under_review", Integer, Optional, kPrinted},
    {"documents_missing", Integer, Optional},
    {"documents_expired", Integer, Optional},
    {"progress_percent", Number, Optional, kPrinted},
    {"approvals_pending", Integer, Optional, kPrinted},
    {"blockers", TextList, Optional, kPrinted},
};
constexpr FieldRule kBody[] = {
    {"room", Object, Required, kPrinted, kRoom},
    {"parties", ObjectList, Optional, kPrinted, kParty},
    {"vessels", ObjectList, Optional, kPrinted, kVessel},
    {"documents", ObjectList, Optional, kPrinted, kDocument},
    {"approvals", ObjectList, Optional, kPrinted, kApproval},
    {"activity", ObjectList, Optional, kPrinted, kActivity},
    {"summary", Object, Nullable, kPrinted, kSummary},
    {"generated_at", Time, Optional, kPrinted},
};

// Walks a value along its rules and collects faults. Depth is that of the tables above, not of the input.
class Checker {
 public:
    void check_members(const codec::JsonValue& object, std::span<const FieldRule> rules, const std::string& pointer) {
        if (!object.is_object()) return note(pointer, "must be an object");
        object.for_each_member([&](std::string_view name, const codec::JsonValue&) {
            const bool known = std::ranges::any_of(rules, [&](const FieldRule& rule) { return name == rule.name; });
            if (!known) note(pointer + "/" + std::string(name), "is not a known field");
        });
        for (const FieldRule& rule : rules) check_field(object, rule, pointer + "/" + rule.name);
    }

    Result<void> finish() && {
        if (faults_.empty()) return {};
        return fail(Error{ErrorCode::InvalidInput, "the room's data is not valid", {}, std::move(faults_)});
    }

    void note(std::string pointer, std::string message) {
        if (faults_.size() < kRoomFaultsMax) faults_.push_back({std::move(pointer), std::move(message)});
    }

 private:
    void check_field(const codec::JsonValue& object, const FieldRule& rule, const std::string& pointer) {
        const std::optional<codec::JsonValue> value = object.find(rule.name);
        if (!value) {
            if (rule.need == Required) note(pointer, "is required");
            return;
        }
        if (value->is_null()) {
            if (rule.need != Nullable) note(pointer, "must not be null");
            return;
        }
        check_value(*value, rule, pointer);
    }

    void check_value(const codec::JsonValue& value, const FieldRule& rule, const std::string& pointer) {
        switch (rule.type) {
            case Text:
                return check_text(value, pointer);
            case Integer:
                if (value.type() != codec::JsonType::Integer) note(pointer, "must be an integer");
                return;
            case Number:
                if (!value.is_number()) note(pointer, "must be a number");
                return;
            case Time:
                if (!value.is_string() || !codec::parse_rfc3339(value.string()))
                    note(pointer, "must be an RFC 3339 time");
                return;
            case Object:
                return check_members(value, rule.members, pointer);
            case ObjectList:
            case TextList:
                return check_list(value, rule, pointer);
        }
    }

    void check_text(const codec::JsonValue& value, const std::string& pointer) {
        if (!value.is_string()) return note(pointer, "must be a string");
        if (value.string().size() > kRoomTextBytesMax) note(pointer, "is longer than 20000 bytes");
    }

    void check_list(const codec::JsonValue& value, const FieldRule& rule, const std::string& pointer) {
        if (!value.is_array()) return note(pointer, "must be an array");
        if (value.size() > kRoomListEntriesMax) return note(pointer, "has more than 10000 entries");
        std::size_t index = 0;
        value.for_each_element([&](const codec::JsonValue& element) {
            const std::string at = pointer + "/" + std::to_string(index++);
            if (rule.type == ObjectList) {
                check_members(element, rule.members, at);
            } else {
                check_text(element, at);
            }
        });
    }

    std::vector<FieldError> faults_;
};

void append_printed(std::string& out, const codec::JsonValue& value, std::span<const FieldRule> rules);

void append_printed_value(std::string& out, const codec::JsonValue& value, const FieldRule& rule) {
    if (rule.type == Object && value.is_object()) return append_printed(out, value, rule.members);
    if (rule.type != ObjectList || !value.is_array()) {
        out += value.to_json();
        return;
    }
    out += '[';
    bool first = true;
    value.for_each_element([&](const codec::JsonValue& element) {
        if (!std::exchange(first, false)) out += ',';
        append_printed(out, element, rule.members);
    });
    out += ']';
}

void append_printed(std::string& out, const codec::JsonValue& value, std::span<const FieldRule> rules) {
    out += '{';
    bool first = true;
    for (const FieldRule& rule : rules) {
        if (rule.print == Print::No) continue;
        const std::optional<codec::JsonValue> member = value.find(rule.name);
        if (!member) continue;
        if (!std::exchange(first, false)) out += ',';
        codec::append_json_string(out, rule.name);
        out += ':';
        append_printed_value(out, *member, rule);
    }
    out += '}';
}

}  // namespace

std::span<const FieldRule> room_schema() {
    return kBody;
}
std::span<const FieldRule> activity_schema() {
    return kActivity;
}

bool is_room_id(std::string_view text) {
    const auto allowed = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
               c == '-';
    };
    return !text.empty() && text.size() <= kRoomIdBytesMax && std::ranges::all_of(text, allowed);
}

Result<void> check_room(const codec::JsonValue& body, std::string_view room_id) {
    Checker checker;
    checker.check_members(body, kBody, "");
    const auto room = body.is_object() ? body.find("room") : std::nullopt;
    const auto id = room && room->is_object() ? room->find("id") : std::nullopt;
    if (id && id->is_string() && id->string() != room_id)
        checker.note("/room/id", "differs from the room id in the path");
    return std::move(checker).finish();
}

Result<void> check_activity_entry(const codec::JsonValue& entry) {
    Checker checker;
    checker.check_members(entry, kActivity, "");
    return std::move(checker).finish();
}

std::string printed_json(const codec::JsonValue& value, std::span<const FieldRule> rules) {
    std::string out;
    append_printed(out, value, rules);
    return out;
}

}  // namespace galley::rooms
