#include "tasks/ready_lanes.h"

#include <algorithm>
#include <bit>
#include <tuple>

namespace galley::tasks {
namespace {

constexpr std::size_t kRefillRowsMax = 2'000;  // a few milliseconds of the writer's time
constexpr int kPriorities = kPriorityMax + 1;

}  // namespace

struct ReadyLanes::Lane {
    LaneKey key;
    Queue* queue = nullptr;
    Rotation* rotation = nullptr;
    std::vector<ReadyTask> tasks{};  // in order of age, from `head` on
    std::size_t head = 0;
    TaskSeq listed_as = 0;  // its oldest task when it was listed; 0: not listed
    int running = 0;
    bool more = false;
    bool refilling = false;
    bool aside = false;  // its limit key is at a limit
    std::size_t size_class = 0;

    bool empty() const { return head == tasks.size(); }
    std::size_t size() const { return tasks.size() - head; }
    ReadyTask pop() {
        ReadyTask task = std::move(tasks[head++]);
        if (head == tasks.size() || head >= 64 + tasks.size() / 2) {
            tasks.erase(tasks.begin(), tasks.begin() + static_cast<std::ptrdiff_t>(head));
            head = 0;
        }
        return task;
    }
    auto find(TaskSeq seq) {
        return std::ranges::lower_bound(tasks.begin() + static_cast<std::ptrdiff_t>(head), tasks.end(), seq, {},
                                        &ReadyTask::seq);
    }
};

// The lanes of one priority: callers take turns.
struct ReadyLanes::Rotation {
    struct Turn {
        std::string caller;
        std::set<std::pair<TaskSeq, Lane*>> lanes;
    };
    std::list<Turn> turns{};  // never one without lanes
    std::unordered_map<std::string_view, std::list<Turn>::iterator> by_caller{};
};

// What one sort of consumer takes from a queue.
struct ReadyLanes::Side {
    std::array<Rotation, kPriorities> rotations{};
    unsigned picks = 0;
    int aged = kPriorityMax;  // the priority that had its turn last
};

struct ReadyLanes::Key {
    int running = 0;
    StartRate rate{};
    std::vector<Lane*> aside{};
    std::optional<MonotonicTime> alarm{};
};

struct ReadyLanes::Queue {
    std::string name;
    QueueSettings settings{};
    StartRate rate{};
    int running = 0;
    std::size_t lanes = 0;
    Side here{};
    std::map<std::string, Side, std::less<>> outside{};  // by kind
    std::map<std::string, Key, std::less<>> keys{};
};

ReadyLanes::ReadyLanes(Limits limits, std::function<bool(std::string_view)> is_here)
    : limits_(limits), is_here_(std::move(is_here)) {}
ReadyLanes::~ReadyLanes() = default;

ReadyLanes::Queue& ReadyLanes::queue_of(std::string_view name) {
    const auto found = queues_.find(name);
    if (found != queues_.end()) return *found->second;
    auto queue = std::make_unique<Queue>();
    queue->name = name;
    return *queues_.emplace(name, std::move(queue)).first->second;
}

ReadyLanes::Side& ReadyLanes::side_of(Queue& queue, std::string_view kind) {
    if (is_here_(kind)) return queue.here;
    const auto found = queue.outside.find(kind);
    return found != queue.outside.end() ? found->second : queue.outside.try_emplace(std::string(kind)).first->second;
}

ReadyLanes::Key& ReadyLanes::key_of(Queue& queue, const std::string& name) {
    const auto [at, made] = queue.keys.try_emplace(name);
    if (made) at->second.rate.set(queue.settings.rate_per_key);
    return at->second;
}

ReadyLanes::Lane* ReadyLanes::find(const LaneView& lane) const {
    const auto found = lanes_.find(lane);
    return found == lanes_.end() ? nullptr : found->second.get();
}

ReadyLanes::Lane* ReadyLanes::find_or_make(const LaneView& view) {
    if (Lane* lane = find(view)) return lane;
    auto made = std::make_unique<Lane>();
    made->key = LaneKey(view);
    made->queue = &queue_of(view.queue);
    made->rotation = &side_of(*made->queue, view.kind).rotations[static_cast<std::size_t>(view.priority)];
    ++made->queue->lanes;
    Lane* lane = made.get();
    lanes_.emplace(lane->key.view(), std::move(made));
    return lane;
}

void ReadyLanes::push(const LaneView& view, ReadyTask task) {
    Lane* lane = find(view);
    if (!lane) {
        if (lanes_.size() >= limits_.lanes_max) return set_left_out(true);
        lane = find_or_make(view);
    }
    const bool beyond = lane->more && (lane->empty() || lane->tasks.back().seq < task.seq);
    if (!beyond && insert(*lane, std::move(task))) keep_within(*lane);
    settle(*lane);
}

// Row numbers nearly always come in ascending order, so this nearly always appends. False: it is here already.
bool ReadyLanes::insert(Lane& lane, ReadyTask task) {
    const auto at = lane.find(task.seq);
    if (at != lane.tasks.end() && at->seq == task.seq) return false;
    if (task.seed) {
        const std::size_t bytes = task.seed->bytes();
        if (seed_bytes_ + bytes > limits_.seed_bytes_max) {
            task.seed.reset();
        } else {
            seed_bytes_ += bytes;
        }
    }
    lane.tasks.insert(at, std::move(task));
    ++tasks_;
    return true;
}

// A lane that nobody takes from (its queue is paused, its workers are away) must not keep the others from memory.
void ReadyLanes::keep_within(Lane& grown) {
    if (tasks_ <= limits_.tasks_max) return;
    const std::size_t share = std::max(kLaneTasksMin, limits_.tasks_max / lanes_.size());
    Lane* hog = grown.size() > share ? nullptr : largest();
    if (!hog || hog == &grown || hog->size() <= share) return drop_youngest(grown);
    drop_youngest(*hog);
    settle(*hog);
}

// Or one at least half as large.
ReadyLanes::Lane* ReadyLanes::largest() const {
    for (std::size_t size_class = by_size_.size(); size_class > 0; --size_class) {
        if (!by_size_[size_class - 1].empty()) return *by_size_[size_class - 1].begin();
    }
    return nullptr;
}

void ReadyLanes::classify(Lane& lane) {
    const std::size_t size_class =
        lane.size() > kLaneTasksMin ? static_cast<std::size_t>(std::bit_width(lane.size())) : 0;
    if (size_class == lane.size_class) return;
    if (lane.size_class > 0) by_size_[lane.size_class].erase(&lane);
    if (size_class > 0) by_size_[size_class].insert(&lane);
    lane.size_class = size_class;
}

void ReadyLanes::drop_youngest(Lane& lane) {
    if (lane.size() <= kLaneTasksMin) return;
    const ReadyTask& youngest = lane.tasks.back();
    if (youngest.seed) seed_bytes_ -= youngest.seed->bytes();
    if (lane.listed_as == youngest.seq) unlist(lane);
    lane.tasks.pop_back();
    --tasks_;
    lane.more = true;
}

bool ReadyLanes::remove(const LaneView& view, TaskSeq seq) {
    Lane* lane = find(view);
    if (!lane) return false;
    const auto at = lane->find(seq);
    if (at == lane->tasks.end() || at->seq != seq) return false;
    if (at->seed) seed_bytes_ -= at->seed->bytes();
    if (lane->listed_as == seq) unlist(*lane);
    lane->tasks.erase(at);
    --tasks_;
    settle(*lane);
    return true;
}

bool ReadyLanes::contains(const LaneView& view, TaskSeq seq) const {
    Lane* lane = find(view);
    if (!lane) return false;
    const auto at = lane->find(seq);
    return at != lane->tasks.end() && at->seq == seq;
}

void ReadyLanes::settle(Lane& lane) {
    classify(lane);
    list(lane);
    note_hunger(lane);
    drop_if_idle(lane);
}

void ReadyLanes::list(Lane& lane) {
    if (lane.aside) return;
    const TaskSeq oldest = lane.empty() ? 0 : lane.tasks[lane.head].seq;
    if (lane.listed_as == oldest) return;
    if (lane.listed_as != 0) unlist(lane);
    if (oldest == 0) return;
    Rotation& rotation = *lane.rotation;
    auto turn = rotation.by_caller.find(lane.key.caller);
    if (turn == rotation.by_caller.end()) {
        const auto at = rotation.turns.insert(rotation.turns.end(), {lane.key.caller, {}});
        turn = rotation.by_caller.emplace(at->caller, at).first;
    }
    turn->second->lanes.emplace(oldest, &lane);
    lane.listed_as = oldest;
}

void ReadyLanes::unlist(Lane& lane) {
    if (lane.listed_as == 0) return;
    Rotation& rotation = *lane.rotation;
    const auto turn = rotation.by_caller.find(lane.key.caller);
    const auto at = turn->second;
    at->lanes.erase({lane.listed_as, &lane});
    lane.listed_as = 0;
    if (!at->lanes.empty()) return;
    rotation.by_caller.erase(turn);
    rotation.turns.erase(at);
}

std::size_t ReadyLanes::low_mark() const {
    return std::max(kLaneTasksMin / 2, limits_.tasks_max / 4 / std::max<std::size_t>(lanes_.size(), 1));
}

void ReadyLanes::note_hunger(Lane& lane) {
    if (lane.more && !lane.refilling && lane.size() <= low_mark()) {
        hungry_.insert(&lane);
    } else if (!hungry_.empty()) {
        hungry_.erase(&lane);
    }
}

void ReadyLanes::drop_if_idle(Lane& lane) {
    if (!lane.empty() || lane.more || lane.refilling || lane.running > 0 || lane.aside) return;
    Queue& queue = *lane.queue;
    --queue.lanes;
    lanes_.erase(lane.key.view());
    drop_if_idle(queue);
}

void ReadyLanes::drop_if_idle(Queue& queue) {
    if (queue.lanes > 0 || queue.running > 0 || !queue.keys.empty() || queue.settings != QueueSettings{}) return;
    queues_.erase(queues_.find(queue.name));
}

void ReadyLanes::drop_if_idle(Queue& queue, std::string_view name) {
    const auto key = queue.keys.find(name);
    if (key == queue.keys.end()) return;
    const Key& idle = key->second;
    if (idle.running == 0 && idle.aside.empty() && !idle.alarm) queue.keys.erase(key);
}

// Later than need be: a busy key with a rate of many starts in a short time is not looked at each time.
MonotonicTime ReadyLanes::forget_at(const Key& key) {
    return key.rate.idle_at() + kForgetAfter;
}

// The earliest counts.
void ReadyLanes::set_alarm(const Queue& queue, const std::string& name, Key& key, MonotonicTime when) {
    if (key.alarm && *key.alarm <= when) return;
    if (key.alarm) alarms_.erase({*key.alarm, queue.name, name});
    key.alarm = when;
    alarms_.emplace(when, queue.name, name);
}

bool ReadyLanes::is_open(const Queue& queue, MonotonicTime now) const {
    const QueueSettings& settings = queue.settings;
    if (settings.mode == QueueMode::Paused) return false;
    if (settings.running_max > 0 && queue.running >= settings.running_max) return false;
    return queue.rate.free_at() <= now;
}

std::optional<ReadyLanes::Taken> ReadyLanes::take_here(MonotonicTime now) {
    release_due(now);
    auto queue = queues_.upper_bound(last_queue_);
    for (std::size_t i = queues_.size(); i > 0; --i, ++queue) {
        if (queue == queues_.end()) queue = queues_.begin();
        std::optional<Taken> taken = take(*queue->second, queue->second->here, now);
        if (!taken) continue;
        if (last_queue_ != queue->first) last_queue_ = queue->first;
        return taken;
    }
    return std::nullopt;
}

std::optional<ReadyLanes::Taken> ReadyLanes::take_outside(std::string_view name, std::string_view kind,
                                                          MonotonicTime now) {
    release_due(now);
    const auto queue = queues_.find(name);
    if (queue == queues_.end()) return std::nullopt;
    const auto side = queue->second->outside.find(kind);
    if (side == queue->second->outside.end()) return std::nullopt;
    return take(*queue->second, side->second, now);
}

std::optional<ReadyLanes::Taken> ReadyLanes::take(Queue& queue, Side& side, MonotonicTime now) {
    if (!is_open(queue, now)) return std::nullopt;
    Lane* lane = next_lane(queue, side, now);
    if (!lane) return std::nullopt;
    return start(queue, *lane, now);
}

ReadyLanes::Lane* ReadyLanes::next_lane(Queue& queue, Side& side, MonotonicTime now) {
    const auto at = [&](int priority) -> Rotation& { return side.rotations[static_cast<std::size_t>(priority)]; };
    int best = kPriorityMax;
    while (best >= 0 && at(best).turns.empty()) --best;
    if (best < 0) return nullptr;
    if (++side.picks % kAgedPick == 0) {
        for (int i = 1; i < kPriorities; ++i) {
            const int priority = (side.aged - i + kPriorities) % kPriorities;
            if (priority >= best || at(priority).turns.empty()) continue;
            Lane* lane = next_lane(queue, at(priority), now);
            if (!lane) continue;
            side.aged = priority;
            return lane;
        }
    }
    for (int priority = best; priority >= 0; --priority) {
        if (Lane* lane = next_lane(queue, at(priority), now)) return lane;
    }
    return nullptr;
}

ReadyLanes::Lane* ReadyLanes::next_lane(Queue& queue, Rotation& rotation, MonotonicTime now) {
    while (!rotation.turns.empty()) {
        Rotation::Turn& turn = rotation.turns.front();
        Lane* lane = turn.lanes.begin()->second;
        if (stands_aside(queue, *lane, now)) continue;  // it is listed no longer
        rotation.turns.splice(rotation.turns.end(), rotation.turns, rotation.turns.begin());
        return lane;
    }
    return nullptr;
}

bool ReadyLanes::is_full(const Queue& queue, const Key& key) const {
    return queue.settings.running_per_key_max > 0 && key.running >= queue.settings.running_per_key_max;
}

bool ReadyLanes::stands_aside(Queue& queue, Lane& lane, MonotonicTime now) {
    if (lane.key.limit_key.empty()) return false;
    Key& key = key_of(queue, lane.key.limit_key);
    const MonotonicTime free_at = key.rate.free_at();
    if (!is_full(queue, key) && free_at <= now) return false;
    if (!is_full(queue, key)) set_alarm(queue, lane.key.limit_key, key, free_at);
    unlist(lane);
    lane.aside = true;
    key.aside.push_back(&lane);
    return true;
}

ReadyLanes::Taken ReadyLanes::start(Queue& queue, Lane& lane, MonotonicTime now) {
    ReadyTask task = lane.pop();
    --tasks_;
    if (task.seed) seed_bytes_ -= task.seed->bytes();
    ++lane.running;
    ++queue.running;
    queue.rate.note(now);
    if (!lane.key.limit_key.empty()) {
        Key& key = key_of(queue, lane.key.limit_key);
        ++key.running;
        key.rate.note(now);
    }
    settle(lane);
    return {std::move(task), &lane};
}

bool ReadyLanes::returned(Lane* lane, MonotonicTime now) {
    Queue& queue = *lane->queue;
    bool released = queue.settings.running_max > 0 && queue.running >= queue.settings.running_max;
    --queue.running;
    --lane->running;
    if (!lane->key.limit_key.empty()) released = key_returned(queue, lane->key.limit_key, now) || released;
    drop_if_idle(*lane);
    return released;
}

bool ReadyLanes::key_returned(Queue& queue, const std::string& name, MonotonicTime now) {
    Key& key = key_of(queue, name);
    --key.running;
    bool released = false;
    if (!is_full(queue, key) && !key.aside.empty()) {
        if (key.rate.free_at() > now) {
            set_alarm(queue, name, key, key.rate.free_at());
        } else {
            released = release(key);
        }
    }
    // What it remembers of its starts must outlive its tasks.
    if (key.rate.idle_at() > now) set_alarm(queue, name, key, forget_at(key));
    drop_if_idle(queue, name);
    return released;
}

ReadyLanes::Lane* ReadyLanes::adopt(const LaneView& view) {
    Lane* lane = find_or_make(view);
    ++lane->running;
    ++lane->queue->running;
    if (!lane->key.limit_key.empty()) ++key_of(*lane->queue, lane->key.limit_key).running;
    return lane;
}

// Those that stand aside are listed again; the next look decides anew.
bool ReadyLanes::release(Key& key) {
    const std::vector<Lane*> lanes = std::exchange(key.aside, {});
    for (Lane* lane : lanes) {
        lane->aside = false;
        settle(*lane);
    }
    return !lanes.empty();
}

void ReadyLanes::release_due(MonotonicTime now) {
    while (!alarms_.empty() && std::get<0>(*alarms_.begin()) <= now) {
        const auto [when, queue_name, key_name] = *alarms_.begin();
        alarms_.erase(alarms_.begin());
        Queue& queue = *queues_.find(queue_name)->second;  // a queue stays while it has keys, a key while it has alarms
        Key& key = queue.keys.find(key_name)->second;
        key.alarm.reset();
        release(key);
        if (key.rate.idle_at() > now) set_alarm(queue, key_name, key, forget_at(key));
        drop_if_idle(queue, key_name);
        drop_if_idle(queue);
    }
}

std::optional<MonotonicTime> ReadyLanes::next_release(MonotonicTime now) const {
    std::optional<MonotonicTime> next;
    if (!alarms_.empty()) next = std::get<0>(*alarms_.begin());
    for (const auto& [name, queue] : queues_) {
        if (queue->lanes == 0 || queue->settings.mode == QueueMode::Paused || queue->rate.free_at() <= now) continue;
        next = next ? std::min(*next, queue->rate.free_at()) : queue->rate.free_at();
    }
    return next;
}

void ReadyLanes::mark_more(const LaneView& view) {
    Lane* lane = find(view);
    if (!lane && lanes_.size() >= limits_.lanes_max) return set_left_out(true);
    mark_more(lane ? lane : find_or_make(view));
}

void ReadyLanes::mark_more(Lane* lane) {
    lane->more = true;
    note_hunger(*lane);
}

std::vector<LaneKey> ReadyLanes::take_hungry(std::size_t lanes_max) {
    std::vector<LaneKey> keys;
    while (!hungry_.empty() && keys.size() < lanes_max) {
        Lane* lane = *hungry_.begin();
        hungry_.erase(hungry_.begin());
        lane->refilling = true;
        keys.push_back(lane->key);
    }
    return keys;
}

bool ReadyLanes::is_hungry(const Lane* lane) const {
    return lane->more && !lane->refilling && lane->size() <= low_mark();
}

std::size_t ReadyLanes::refill_rows(const LaneView& view) const {
    const Lane* lane = find(view);
    const std::size_t share = limits_.tasks_max / std::max<std::size_t>(lanes_.size(), 1);
    return (lane ? lane->size() : 0) + std::clamp(share, 2 * kLaneTasksMin, kRefillRowsMax);
}

void ReadyLanes::refill(const LaneView& view, std::vector<ReadyTask> tasks, bool more) {
    Lane* lane = find(view);
    if (!lane) return;
    lane->refilling = false;
    lane->more = more;
    for (ReadyTask& task : tasks) {
        if (insert(*lane, std::move(task))) keep_within(*lane);
    }
    settle(*lane);
}

void ReadyLanes::refill_failed(const LaneView& view) {
    Lane* lane = find(view);
    if (!lane) return;
    lane->refilling = false;
    note_hunger(*lane);
}

void ReadyLanes::set_queue(std::string_view name, const QueueSettings& settings) {
    Queue& queue = queue_of(name);
    queue.settings = settings;
    queue.rate.set(settings.rate);
    for (auto& [key_name, key] : queue.keys) {
        key.rate.set(settings.rate_per_key);
        release(key);
    }
    drop_if_idle(queue);
}

QueueSettings ReadyLanes::queue_settings(std::string_view name) const {
    const auto queue = queues_.find(name);
    return queue == queues_.end() ? QueueSettings{} : queue->second->settings;
}

std::size_t ReadyLanes::queues_set() const {
    return static_cast<std::size_t>(
        std::ranges::count_if(queues_, [](const auto& queue) { return queue.second->settings != QueueSettings{}; }));
}

void ReadyLanes::each_set_queue(const std::function<void(const std::string& name, const QueueSettings&)>& see) const {
    for (const auto& [name, queue] : queues_) {
        if (queue->settings != QueueSettings{}) see(name, queue->settings);
    }
}

const LaneKey& ReadyLanes::lane_key(const Lane* lane) {
    return lane->key;
}

int ReadyLanes::running(std::string_view name) const {
    const auto queue = queues_.find(name);
    return queue == queues_.end() ? 0 : queue->second->running;
}

}  // namespace galley::tasks
