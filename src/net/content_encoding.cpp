#include "net/content_encoding.h"

#include <algorithm>
#include <string_view>

#include "codec/header_value.h"

namespace galley::net {

namespace {

using codec::Coding;
using codec::trim_blanks;

constexpr std::uint16_t kQualityMax = 1000;
constexpr std::uint16_t kLeast = 1;  // acceptable without being asked for

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

// RFC 9110 §12.4.2: "0.25" in thousandths; nullopt when it is no qvalue.
std::optional<std::uint16_t> parse_quality(std::string_view text) {
    if (text.empty() || (text[0] != '0' && text[0] != '1')) return std::nullopt;
    const auto whole = static_cast<std::uint16_t>(text[0] == '1' ? kQualityMax : 0);
    if (text.size() == 1) return whole;
    const std::string_view decimals = text.substr(2);
    if (text[1] != '.' || decimals.size() > 3 || !std::ranges::all_of(decimals, is_digit)) return std::nullopt;
    int value = 0;
    for (int i = 0, unit = 100; i < static_cast<int>(decimals.size()); ++i, unit /= 10) {
        value += unit * (decimals[static_cast<std::size_t>(i)] - '0');
    }
    if (whole != 0 && value != 0) return std::nullopt;
    return static_cast<std::uint16_t>(whole + value);
}

struct Member {
    std::string_view coding;
    std::uint16_t quality = kQualityMax;
};

// `gzip;q=0.5`. A member that is not of this form says nothing.
std::optional<Member> parse_member(std::string_view text) {
    const std::size_t semicolon = text.find(';');
    Member member{.coding = trim_blanks(text.substr(0, semicolon))};
    if (semicolon == std::string_view::npos) return member;
    const std::string_view weight = trim_blanks(text.substr(semicolon + 1));
    if (weight.size() < 2 || (weight[0] | 0x20) != 'q' || weight[1] != '=') return std::nullopt;
    const auto quality = parse_quality(weight.substr(2));
    if (!quality) return std::nullopt;
    member.quality = *quality;
    return member;
}

std::optional<Coding> coding_of(std::string_view name) {
    if (equal_ignoring_case(name, "x-gzip")) return Coding::Gzip;  // RFC 9110 §8.4.1.3
    for (const Coding coding : {Coding::Identity, Coding::Gzip, Coding::Brotli, Coding::Zstd}) {
        if (equal_ignoring_case(name, codec::coding_name(coding))) return coding;
    }
    return std::nullopt;
}

// What the members of all Accept-Encoding fields say, by name and for `*`.
class Reader {
 public:
    void read(std::string_view list) {
        while (!list.empty()) {
            const std::size_t comma = std::min(list.find(','), list.size());
            if (const auto member = parse_member(list.substr(0, comma))) note(*member);
            list.remove_prefix(std::min(comma + 1, list.size()));
        }
    }

    AcceptedCodings accepted() const {
        AcceptedCodings accepted;
        for (std::size_t i = 0; i < AcceptedCodings::kCount; ++i) {
            // Identity needs no mention; it is the last choice then, unless `*` says more or nothing of it.
            const std::uint16_t unsaid = i == static_cast<std::size_t>(Coding::Identity) ? kLeast : 0;
            accepted.q[i] = named_[i].value_or(others_.value_or(unsaid));
        }
        return accepted;
    }

 private:
    void note(const Member& member) {
        if (member.coding == "*") {
            others_ = member.quality;
        } else if (const auto coding = coding_of(member.coding)) {
            named_[static_cast<std::size_t>(*coding)] = member.quality;
        }
    }

    std::array<std::optional<std::uint16_t>, AcceptedCodings::kCount> named_{};
    std::optional<std::uint16_t> others_{};
};

bool is_compressible_type(std::string_view content_type) {
    const std::string_view type = trim_blanks(content_type.substr(0, content_type.find(';')));
    constexpr std::string_view kTypes[] = {"application/json", "application/problem+json", "application/javascript",
                                           "application/xml", "image/svg+xml"};
    constexpr std::string_view kSuffixes[] = {"+json", "+xml"};
    return type.starts_with("text/") || std::ranges::find(kTypes, type) != std::end(kTypes) ||
           std::ranges::any_of(kSuffixes, [&](std::string_view suffix) { return type.ends_with(suffix); });
}

}  // namespace

std::optional<Coding> AcceptedCodings::choose(Offer offer) const {
    std::optional<Coding> best;
    if (of(Coding::Identity) > 0) best = Coding::Identity;
    if (offer == Offer::IdentityOnly) return best;
    std::uint16_t best_quality = 0;
    for (const Coding coding : codec::kCodings) {
        if (of(coding) <= best_quality) continue;
        best = coding;
        best_quality = of(coding);
    }
    return best_quality < of(Coding::Identity) ? Coding::Identity : best;
}

// https://www.rfc-editor.org/rfc/rfc9110#section-12.5.3
AcceptedCodings accepted_codings(const Request& request) {
    Reader reader;
    for (const HeaderField& field : request.fields) {
        if (equal_ignoring_case(field.name, "Accept-Encoding")) reader.read(field.value);
    }
    return reader.accepted();
}

bool is_compressible(const Response& response) {
    if (std::holds_alternative<FileBody>(response.body) || std::holds_alternative<StreamBody>(response.body))
        return false;
    if (response.status == 206) return false;
    if (!is_compressible_type(response.content_type) || response.header("Content-Encoding")) return false;
    const auto directives = response.header("Cache-Control");
    return !directives || directives->find("no-transform") == std::string_view::npos;
}

void encode(Response& response, Coding coding) {
    if (coding == Coding::Identity) return;
    if (const auto* shared = std::get_if<SharedBody>(&response.body)) {
        response.body = codec::compress(coding, shared->bytes.view().substr(shared->offset, shared->length));
    } else {
        response.body = codec::compress(coding, std::get<Bytes>(response.body));
    }
    response.add_header("Content-Encoding", std::string(codec::coding_name(coding)));
}

}  // namespace galley::net
