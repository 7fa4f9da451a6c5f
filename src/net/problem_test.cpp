#include "net/problem.h"

#include <gtest/gtest.h>

namespace galley::net {
namespace {

std::string text(const Response& response) {
    return std::get<Bytes>(response.body);
}

TEST(Problem, SaysAllItIsGiven) {
    const std::vector<FieldError> errors = {{"/title", "is too long"}, {"", "unknown field \"x\""}};
    const Response response = problem({.status = 422,
                                       .title = "Wrong input",
                                       .detail = "Two fields are wrong.",
                                       .request_id = "r-1",
                                       .errors = errors,
                                       .type = "urn:galley:problem:input"});
    EXPECT_EQ(response.status, 422);
    EXPECT_EQ(response.content_type, "application/problem+json");
    EXPECT_EQ(
        text(response),
        R"({"type":"urn:galley:problem:input","title":"Wrong input","status":422,"detail":"Two fields are wrong.",)"
        R"("instance":"urn:galley:request:r-1","errors":[{"pointer":"/title","message":"is too long"},)"
        R"({"pointer":"","message":"unknown field \"x\""}]})");
}

TEST(Problem, LeavesOutWhatIsNotSaid) {
    EXPECT_EQ(text(problem(404, {}, {})), R"({"type":"about:blank","title":"Not Found","status":404})");
}

}  // namespace
}  // namespace galley::net
