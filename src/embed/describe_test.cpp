#include "galley/describe.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

namespace {

using testing::ElementsAre;
using testing::HasSubstr;

enum class Colour { Red, Green };

struct Inner {
    std::string name;
    std::vector<int> numbers;
    static constexpr auto galley_fields() {
        return std::tuple(galley::field("name", &Inner::name), galley::defaulted("numbers", &Inner::numbers));
    }
};

struct Everything {
    bool flag = false;
    std::int8_t small = 0;
    std::uint64_t large = 0;
    double number = 0;
    std::optional<std::string> note;
    std::vector<Inner> inner;
    std::map<std::string, double> shares;
    Colour colour = Colour::Red;
    galley::Json any;
    static constexpr auto galley_fields() {
        return std::tuple(galley::field("flag", &Everything::flag), galley::field("small", &Everything::small),
                          galley::field("large", &Everything::large), galley::field("number", &Everything::number),
                          galley::field("note", &Everything::note), galley::field("inner", &Everything::inner),
                          galley::field("shares", &Everything::shares), galley::field("colour", &Everything::colour),
                          galley::field("any", &Everything::any));
    }
};

struct Tree {
    int value = 0;
    std::vector<Tree> below;
    static constexpr auto galley_fields() {
        return std::tuple(galley::field("value", &Tree::value), galley::defaulted("below", &Tree::below));
    }
};

struct Foreign {
    int x = 0;
};

}  // namespace

template <>
struct galley::Describe<Colour> {
    static constexpr auto names() {
        return std::array{std::pair{std::string_view("red"), Colour::Red},
                          std::pair{std::string_view("green"), Colour::Green}};
    }
};
template <>
struct galley::Describe<Foreign> {
    static constexpr auto fields() { return std::tuple(galley::field("x", &Foreign::x)); }
};

namespace {

template <typename T>
std::string fault_of(std::string_view json, galley::UnknownFields unknown = galley::UnknownFields::Refuse) {
    try {
        galley::from_json<T>(json, unknown);
    } catch (const galley::Failure& failure) {
        EXPECT_EQ(failure.code(), "invalid_input");
        return failure.what();
    }
    return "";
}

constexpr const char* kEverything =
    R"({"flag":true,"small":-128,"large":18446744073709551615,"number":0.5,"note":null,"inner":[{"name":"é","numbers":[1,2]}],)"
    R"("shares":{"a":1},"colour":"green","any":{"z":[null,1.25]}})";

TEST(Describe, WhatIsReadIsWrittenAgain) {
    EXPECT_EQ(galley::to_json(galley::from_json<Everything>(kEverything)), kEverything);
}

TEST(Describe, AbsentMembersKeepTheirDefaultsOrAreFaults) {
    const Inner inner = galley::from_json<Inner>(R"({"name":"n"})");
    EXPECT_THAT(inner.numbers, testing::IsEmpty());
    EXPECT_EQ(fault_of<Inner>("{}"), "bad input: /name: is required");
}

TEST(Describe, EveryFaultIsToldWithItsPointer) {
    const std::string fault = fault_of<Everything>(
        R"({"flag":1,"small":128,"large":-1,"number":"x","inner":[{"name":"a"},{"name":2,"numbers":[1,1.5]}],"shares":{"a/b~":null},"colour":"blue","any":1,"more":1})");
    for (const char* part :
         {"/flag: must be true or false", "/small: must be from -128 to 127",
          "/large: must be from 0 to 18446744073709551615", "/number: must be a number",
          "/inner/1/name: must be a string", "/inner/1/numbers/1: must be an integer",
          "/shares/a~1b~0: must be a number", "/colour: must be one of red, green", "/more: is not known here"}) {
        EXPECT_THAT(fault, HasSubstr(part));
    }
}

TEST(Describe, UnknownMembersMayBeIgnored) {
    EXPECT_EQ(fault_of<Inner>(R"({"name":"n","extra":1})"), "bad input: /extra: is not known here");
    EXPECT_EQ(fault_of<Inner>(R"({"name":"n","extra":1})", galley::UnknownFields::Ignore), "");
}

TEST(Describe, FaultsAreBounded) {
    std::string json = "[";
    for (int i = 0; i < 1000; ++i) json += i == 0 ? "\"x\"" : ",\"x\"";
    const std::string fault = fault_of<std::vector<int>>(json + "]");
    EXPECT_THAT(fault, HasSubstr("/19: must be an integer"));
    EXPECT_THAT(fault, testing::Not(HasSubstr("/20:")));
    EXPECT_LT(fault_of<Inner>("{\"" + std::string(100'000, 'x') + "\":1}").size(), 1'000U);
}

TEST(Describe, WhatIsNoJsonIsAFault) {
    EXPECT_THAT(fault_of<Inner>("{"), testing::Not(testing::IsEmpty()));
    EXPECT_EQ(fault_of<Inner>("[]"), "bad input: the input must be an object");
}

TEST(Describe, NoneTakesNothing) {
    for (const char* nothing : {"null", "{}"}) EXPECT_EQ(fault_of<galley::None>(nothing), "");
    EXPECT_EQ(fault_of<galley::None>("1"), "bad input: the input must be null or {}: the kind takes none");
    EXPECT_EQ(galley::to_json(galley::None{}), "null");
}

TEST(Describe, TypesOfOthersAndTypesThatHoldThemselvesAreDescribedToo) {
    EXPECT_EQ(galley::to_json(galley::from_json<Foreign>(R"({"x":7})")), R"({"x":7})");
    const Tree tree = galley::from_json<Tree>(R"({"value":1,"below":[{"value":2},{"value":3,"below":[{"value":4}]}]})");
    EXPECT_EQ(tree.below[1].below[0].value, 4);
    std::string deep;
    for (int i = 0; i < 600; ++i) deep += R"({"value":1,"below":[)";
    EXPECT_THAT(fault_of<Tree>(deep), HasSubstr("deep"));
}

TEST(Describe, TextThatIsNotUtf8AndRawThatIsNoJsonAreRefused) {
    EXPECT_THROW(galley::to_json(std::string("\xff")), galley::Failure);
    EXPECT_THROW(galley::to_json(std::map<std::string, int>{{"\xc3", 1}}), galley::Failure);
    EXPECT_THROW(galley::to_json(galley::Json{"{"}), galley::Failure);
    EXPECT_EQ(galley::to_json(std::vector<std::string>{"\xc3\xa9"}), "[\"\xc3\xa9\"]");
}

TEST(Describe, NumbersThatJsonCannotSayAreNull) {
    EXPECT_EQ(galley::to_json(std::vector<double>{0.5, std::numeric_limits<double>::infinity()}), "[0.5,null]");
    EXPECT_EQ(galley::to_json(std::vector<bool>{true, false}), "[true,false]");
}

}  // namespace
