#include "cache/single_flight.h"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <string>
#include <thread>
#include <vector>

namespace galley::cache {
namespace {

using Flight = SingleFlight<std::string, std::string>;

constexpr int kCallers = 8;

// Lets `callers` ask for one key while its maker is at work, and gives what each of them got. The maker ends only when
// all
// the others wait.
std::vector<Flight::Outcome> ask_at_once(Flight& flight, int callers, std::atomic<int>& made,
                                         const Result<std::string>& answer) {
    std::vector<Flight::Outcome> outcomes(static_cast<std::size_t>(callers), {std::string(), false});
    const auto maker = [&]() -> Result<std::string> {
        ++made;
        while (flight.waiting_for("key") + 1 < static_cast<std::size_t>(callers)) std::this_thread::yield();
        return answer;
    };
    std::vector<std::thread> threads;
    for (Flight::Outcome& outcome : outcomes) threads.emplace_back([&] { outcome = flight.get("key", maker); });
    for (std::thread& thread : threads) thread.join();
    return outcomes;
}

TEST(SingleFlight, ManyAskOneMakesAllGetTheSame) {
    Flight flight;
    std::atomic<int> made{0};
    int joined = 0;
    for (const Flight::Outcome& outcome : ask_at_once(flight, kCallers, made, std::string("value"))) {
        EXPECT_EQ(outcome.result.value(), "value");
        joined += outcome.joined ? 1 : 0;
    }
    EXPECT_EQ(made, 1);
    EXPECT_EQ(joined, kCallers - 1);
    EXPECT_EQ(flight.in_flight(), 0U);
}

TEST(SingleFlight, AFailureReachesAllAndIsNotRemembered) {
    Flight flight;
    std::atomic<int> made{0};
    for (const Flight::Outcome& outcome : ask_at_once(flight, kCallers, made, fail(ErrorCode::Unavailable, "no"))) {
        EXPECT_EQ(outcome.result.error().message, "no");
    }
    EXPECT_EQ(made, 1);
    const Flight::Outcome next = flight.get("key", []() -> Result<std::string> { return "now"; });
    EXPECT_EQ(next.result.value(), "now");
    EXPECT_FALSE(next.joined);
}

TEST(SingleFlight, DifferentKeysDoNotWaitForEachOther) {
    Flight flight;
    std::latch both_inside(2);
    const auto maker = [&]() -> Result<std::string> {
        both_inside.arrive_and_wait();  // ends only if both makers run at the same time
        return "x";
    };
    std::thread other([&] { EXPECT_TRUE(flight.get("a", maker).result); });
    EXPECT_TRUE(flight.get("b", maker).result);
    other.join();
}

TEST(SingleFlight, AMakerMayAskForAnotherKey) {
    Flight flight;
    const auto outer = flight.get("outer", [&]() -> Result<std::string> {
        return flight.get("inner", []() -> Result<std::string> { return "deep"; }).result;
    });
    EXPECT_EQ(outer.result.value(), "deep");
}

}  // namespace
}  // namespace galley::cache
