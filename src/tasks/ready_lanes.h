// src/tasks/ready_lanes.h — the waiting tasks that are kept in memory, in lanes, and who is next.
//
// Shape    tasks of one lane go in order of age. Among the lanes that a consumer takes from: queues take turns; in a
//          queue the highest priority goes first, but every kAgedPick-th pick goes to a lower one that waits; at one
//          priority callers take turns; a caller's lanes go in order of their oldest task. A queue that is paused or
//          at its limit is passed over, a lane whose limit key is at its limit stands aside until that changes.
//          Tasks of kinds with a handler here and tasks of others are kept apart: who takes the one never meets the
//          other.
//          When more wait than fit, the youngest of the lanes with more than an equal share live only in the database,
//          and those lanes want a refill;
//          when more lanes wait than fit, the rest live there too (has_left_out), until a walk brings them in.
// Threads  one at a time.
// Limits   Limits; a lane always keeps kLaneTasksMin.
#pragma once

#include <array>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "tasks/lane.h"
#include "tasks/start_rate.h"
#include "tasks/task.h"

namespace galley::tasks {

// What a worker needs, kept from the enqueue so that it need not be read back.
struct TaskSeed {
    TaskRecord task;
    std::string input;
    std::size_t bytes() const { return sizeof(TaskSeed) + input.size() + task.id.size() + task.created_by.size(); }
};

struct ReadyTask {
    TaskSeq seq = 0;
    std::unique_ptr<TaskSeed> seed{};  // may be absent: then read the database
};

class ReadyLanes {
 public:
    struct Limits {
        std::size_t tasks_max = 50'000;
        std::size_t lanes_max = 20'000;
        std::size_t seed_bytes_max = 16u << 20;
    };
    static constexpr std::size_t kLaneTasksMin = 16;
    static constexpr unsigned kAgedPick = 16;
    static constexpr Duration kForgetAfter{1'000};

    struct Lane;
    struct Taken {
        ReadyTask task;
        Lane* lane;  // valid until returned()
    };

    // `is_here`: whether tasks of a kind run in this process.
    ReadyLanes(Limits limits, std::function<bool(std::string_view kind)> is_here);
    ~ReadyLanes();

    // A task that became ready. What does not fit is dropped; the database has it.
    void push(const LaneView& lane, ReadyTask task);
    bool remove(const LaneView& lane, TaskSeq seq);
    bool contains(const LaneView& lane, TaskSeq seq) const;

    // The next task that may start now.
    std::optional<Taken> take_here(MonotonicTime now);
    std::optional<Taken> take_outside(std::string_view queue, std::string_view kind, MonotonicTime now);
    // The attempt at a taken task is over: it counts no longer. True: something that stood aside may go on.
    bool returned(Lane* lane, MonotonicTime now);
    // An attempt that another process of this server gave out still runs.
    Lane* adopt(const LaneView& lane);
    // When something that is held back by a rate may go on.
    std::optional<MonotonicTime> next_release(MonotonicTime now) const;

    // Tasks of this lane may be in the database that are not here.
    void mark_more(const LaneView& lane);
    void mark_more(Lane* lane);
    // Lanes to be filled from the database now; each is given out once until refilled().
    std::vector<LaneKey> take_hungry(std::size_t lanes_max);
    bool is_hungry(const Lane* lane) const;
    bool has_hungry() const { return !hungry_.empty(); }
    std::size_t refill_rows(const LaneView& lane) const;  // how many of the oldest to read
    // Ends a refill: `tasks` in order of age, and whether there are more. Without tasks and more: it failed.
    void refill(const LaneView& lane, std::vector<ReadyTask> tasks, bool more);
    void refill_failed(const LaneView& lane);

    bool has_left_out() const { return left_out_; }
    void set_left_out(bool left_out) { left_out_ = left_out; }
    bool has_room_for_lanes() const { return lanes_.size() <= limits_.lanes_max / 2; }

    void set_queue(std::string_view queue, const QueueSettings& settings);
    QueueSettings queue_settings(std::string_view queue) const;
    int running(std::string_view queue) const;
    std::size_t queues_set() const;  // of which something is set
    void each_set_queue(const std::function<void(const std::string& name, const QueueSettings&)>& see) const;
    static const LaneKey& lane_key(const Lane* lane);

    std::size_t tasks() const { return tasks_; }
    std::size_t lanes() const { return lanes_.size(); }
    std::size_t seed_bytes() const { return seed_bytes_; }

 private:
    struct Key;
    struct Queue;
    struct Side;
    struct Rotation;

    Queue& queue_of(std::string_view name);
    Lane* find(const LaneView& lane) const;
    Lane* find_or_make(const LaneView& lane);
    Side& side_of(Queue& queue, std::string_view kind);
    Key& key_of(Queue& queue, const std::string& name);
    bool insert(Lane& lane, ReadyTask task);
    void keep_within(Lane& grown);
    void drop_youngest(Lane& lane);
    void classify(Lane& lane);
    Lane* largest() const;
    void settle(Lane& lane);  // lists it, notes its hunger, or drops it: after every change
    void list(Lane& lane);
    void unlist(Lane& lane);
    void note_hunger(Lane& lane);
    void drop_if_idle(Lane& lane);
    void drop_if_idle(Queue& queue);
    void drop_if_idle(Queue& queue, std::string_view key);
    std::size_t low_mark() const;
    bool is_open(const Queue& queue, MonotonicTime now) const;
    std::optional<Taken> take(Queue& queue, Side& side, MonotonicTime now);
    Lane* next_lane(Queue& queue, Side& side, MonotonicTime now);
    Lane* next_lane(Queue& queue, Rotation& rotation, MonotonicTime now);
    bool stands_aside(Queue& queue, Lane& lane, MonotonicTime now);
    Taken start(Queue& queue, Lane& lane, MonotonicTime now);
    void release_due(MonotonicTime now);
    bool release(Key& key);
    bool key_returned(Queue& queue, const std::string& name, MonotonicTime now);
    static MonotonicTime forget_at(const Key& key);
    void set_alarm(const Queue& queue, const std::string& name, Key& key, MonotonicTime when);
    bool is_full(const Queue& queue, const Key& key) const;

    const Limits limits_;
    const std::function<bool(std::string_view)> is_here_;
    std::map<std::string, std::unique_ptr<Queue>, std::less<>> queues_;
    std::string last_queue_;
    std::unordered_map<LaneView, std::unique_ptr<Lane>, LaneHash> lanes_;  // keys borrow from the lanes
    std::unordered_set<Lane*> hungry_;
    std::array<std::unordered_set<Lane*>, 64> by_size_;  // by the bits of their size; only those above kLaneTasksMin
    std::set<std::tuple<MonotonicTime, std::string, std::string>> alarms_;  // when, queue, limit key
    std::size_t tasks_ = 0;
    std::size_t seed_bytes_ = 0;
    bool left_out_ = false;
};

}  // namespace galley::tasks
