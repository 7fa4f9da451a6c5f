#include "os/program.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

namespace galley::os {
namespace {

using testing::ElementsAre;

class Program : public testing::Test {
 protected:
    static void SetUpTestSuite() { signal(SIGPIPE, SIG_IGN); }

    ProgramEnd run(const std::string& script) {
        order_.arguments = {"sh", "-c", script};
        order_.environment["PATH"] = "/usr/bin:/bin";
        order_.on_error_line = [this](std::string_view line) {
            lines_.emplace_back(line);
            if (line == "ready") source_.request_stop();
        };
        order_.stop = source_.get_token();
        Result<ProgramEnd> end = run_program(order_);
        EXPECT_TRUE(end.has_value());
        return end ? std::move(*end) : ProgramEnd{};
    }

    ProgramOrder order_;
    std::stop_source source_;
    std::vector<std::string> lines_;
};

TEST_F(Program, BytesGoThroughItAndItsExitStatusIsTold) {
    const std::string input(300'000, 'x');  // more than pipes hold
    order_.input = input;
    const ProgramEnd end = run("cat; exit 7");
    EXPECT_EQ(end.output, input);
    EXPECT_EQ(end.exit_status, 7);
    EXPECT_EQ(end.signal, 0);
}

TEST_F(Program, LinesOfItsErrorsComeOneByOneTheLastWithoutItsEnd) {
    order_.error_line_bytes_max = 5;
    run("printf 'one\\n\\nlong line\\nlast' >&2");
    EXPECT_THAT(lines_, ElementsAre("one", "", "long ", "last"));
}

TEST_F(Program, ItsEnvironmentIsTheOrdersAlone) {
    order_.environment["GIVEN"] = "yes";
    EXPECT_EQ(run("printf '%s' \"$GIVEN-$HOME\"").output, "yes-");
}

TEST_F(Program, InputThatItDoesNotReadHoldsNothingUp) {
    const std::string input(1'000'000, 'x');
    order_.input = input;
    EXPECT_EQ(run("exec <&-; echo done").output, "done\n");
}

TEST_F(Program, AskedToStopItGetsSigterm) {
    const ProgramEnd end = run("trap 'echo bye; exit 3' TERM; echo ready >&2; while :; do sleep 1 & wait $!; done");
    EXPECT_EQ(end.stopped, ProgramStop::Asked);
    EXPECT_EQ(end.exit_status, 3);
    EXPECT_EQ(end.output, "bye\n");
}

TEST_F(Program, WhatDoesNotListenIsKilledWithAllThatItStarted) {
    order_.grace = Duration(50);
    const ProgramEnd end = run("trap '' TERM; (sleep 1000) & echo ready >&2; while :; do sleep 1000; done");
    EXPECT_EQ(end.signal, SIGKILL);
    EXPECT_EQ(end.stopped, ProgramStop::Asked);
}

TEST_F(Program, ItsTimeIsBounded) {
    order_.wall_time = Duration(50);
    EXPECT_EQ(run("exec sleep 1000").stopped, ProgramStop::TimedOut);
}

TEST_F(Program, ItsOutputIsBoundedEvenWithoutAnEnd) {
    order_.output_bytes_max = 1'000;
    order_.grace = Duration(50);
    const ProgramEnd end = run("trap '' TERM; exec yes");
    EXPECT_EQ(end.stopped, ProgramStop::OutputTooLong);
    EXPECT_LE(end.output.size(), 1'000U);
}

TEST_F(Program, WhatItLeavesRunningDoesNotHoldUpItsEnd) {
    EXPECT_EQ(run("sleep 1000 & echo left").output, "left\n");
}

TEST_F(Program, ASignalThatEndsItIsTold) {
    EXPECT_EQ(run("kill -SEGV $$").signal, SIGSEGV);
}

TEST_F(Program, WhatCannotBeRunIsAnError) {
    order_.arguments = {"no-such-program-anywhere"};
    EXPECT_EQ(run_program(order_).error().code, ErrorCode::NotFound);
    order_.arguments = {"/etc/passwd"};
    EXPECT_EQ(run_program(order_).error().code, ErrorCode::Forbidden);
}

}  // namespace
}  // namespace galley::os
