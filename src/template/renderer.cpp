#include "template/renderer.h"

#include <algorithm>
#include <optional>

#include "codec/utf8.h"
#include "template/escape.h"
#include "template/filters.h"
#include "template/format.h"
#include "template/slice.h"

namespace galley::templates {

namespace {

// What a byte costs against steps_max: long texts take longer to change than short ones.
constexpr std::size_t kBytesPerStep = 64;

struct LoopFrame {
    std::vector<Value> items;
    std::size_t at = 0;
};

class Renderer {
 public:
    Renderer(const Program& program, const codec::JsonValue& data, const RenderLimits& limits)
        : program_(program),
          data_(data),
          limits_(limits),
          text_bytes_max_(std::min(limits.output_bytes_max, kTextBytesMax)) {
        stack_.reserve(32);
    }

    Result<std::string> run() {
        while (at_ < program_.code.size()) {
            const Instruction& instruction = program_.code[at_];
            // OPTIMIZATION: within the limits, which is nearly always, no Result is made to say so.
            const bool within = ++steps_ <= limits_.steps_max && out_.size() <= limits_.output_bytes_max;
            Result<void> done = within ? step(instruction) : charge(0);
            if (!done) [[unlikely]]
                return located(std::move(done.error()), instruction);
            ++at_;
        }
        return std::move(out_);
    }

 private:
    static std::unexpected<Error> located(Error error, const Instruction& instruction) {
        error.message = "template: " + error.message;
        error.where = std::to_string(instruction.line);
        return fail(std::move(error));
    }

    Result<void> charge(std::size_t bytes) {
        steps_ += bytes / kBytesPerStep;
        if (steps_ > limits_.steps_max) return fail(ErrorCode::LimitExceeded, "rendering takes too many steps");
        if (out_.size() > limits_.output_bytes_max) return fail(ErrorCode::LimitExceeded, "the output grew too long");
        return {};
    }

    Result<void> step(const Instruction& instruction) {
        const auto a = static_cast<std::size_t>(instruction.a);
        const auto b = static_cast<std::size_t>(instruction.b);
        switch (instruction.op) {
            case Op::Text:
                out_.append(program_.texts[a]);
                return {};
            case Op::Print:
                return print();
            case Op::PushText:
                return push(Value(std::string_view(program_.texts[a])));
            case Op::PushConstant:
                return push(program_.constants[a]);
            case Op::LoadVariable:
                return push(member_of(data_, program_.texts[a]));
            case Op::LoadLoopItem:
                return push(frames_[a].items[frames_[a].at]);
            case Op::LoadLoopField:
                return push(loop_field(frames_[a], static_cast<LoopField>(b)));
            case Op::Member:
                return member(program_.texts[a]);
            case Op::Item:
                return item();
            case Op::Slice:
                return slice();
            case Op::Filter:
                return filter(a, b);
            case Op::Format:
                return format(b);
            case Op::Not:
                return push(Value(!pop().truth()));
            case Op::Negate:
                return negate();
            case Op::IsDefined:
                return push(Value(!pop().is_undefined()));
            case Op::IsNone:
                return push(Value(pop().is_none()));
            case Op::Equal:
            case Op::NotEqual:
            case Op::Less:
            case Op::LessEqual:
            case Op::Greater:
            case Op::GreaterEqual:
                return compare(instruction.op);
            case Op::Jump:
                return jump(instruction, true);
            case Op::JumpIfFalse:
                return jump(instruction, !pop().truth());
            case Op::JumpIfFalseOrPop:
                return jump_or_pop(instruction, !stack_.back().truth());
            case Op::JumpIfTrueOrPop:
                return jump_or_pop(instruction, stack_.back().truth());
            case Op::LoopBegin:
                return loop_begin(instruction);
            case Op::LoopNext:
                return loop_next(instruction);
        }
        return {};
    }

    Result<void> push(Value value) {
        stack_.push_back(std::move(value));
        return {};
    }
    Value pop() {
        Value value = std::move(stack_.back());
        stack_.pop_back();
        return value;
    }

    // run() adds one after each instruction.
    Result<void> jump(const Instruction& instruction, bool taken) {
        if (taken) at_ = static_cast<std::size_t>(static_cast<std::ptrdiff_t>(at_) + instruction.a - 1);
        return {};
    }
    Result<void> jump_or_pop(const Instruction& instruction, bool taken) {
        if (!taken) stack_.pop_back();
        return jump(instruction, taken);
    }

    Result<void> print() {
        std::string buffer;
        const Value value = pop();
        GALLEY_TRY(const std::string_view text, printed(value, buffer));
        append_escaped(out_, text);
        return charge(text.size());
    }

    // Reaching into a text or list counts and copies it.
    Result<void> charge_parts(const Value& value) {
        if (value.is_text()) return charge(value.text().size());
        return charge(value.is_list() ? value.list_size() * sizeof(codec::JsonValue) : 0);
    }

    static Value member_of(const codec::JsonValue& object, std::string_view name) {
        const std::optional<codec::JsonValue> found = object.find(name);
        return found ? Value::from_json(*found) : Value();
    }

    Result<void> member(const std::string& name) {
        const Value value = pop();
        if (value.is_object()) return push(member_of(value.object(), name));
        if (value.is_undefined()) return fail(ErrorCode::InvalidInput, "\"" + name + "\" of something undefined");
        return push(Value());
    }

    Result<void> item() {
        const Value index = pop();
        const Value value = pop();
        if (value.is_undefined()) return fail(ErrorCode::InvalidInput, "an item of something undefined");
        if (value.is_object()) return push(index.is_text() ? member_of(value.object(), index.text()) : Value());
        if (!index.is_integer()) return push(Value());
        GALLEY_TRY_VOID(charge_parts(value));
        return push(item_at(value, index.integer()));
    }

    Result<void> slice() {
        const Value end = pop();
        const Value start = pop();
        const Value value = pop();
        GALLEY_TRY_VOID(charge_parts(value));
        GALLEY_TRY(Value part, slice_of(value, start, end));
        return push(std::move(part));
    }

    Result<void> filter(std::size_t index, std::size_t argument_count) {
        const std::span<Value> arguments = std::span(stack_).last(argument_count);
        Value& value = stack_[stack_.size() - argument_count - 1];
        GALLEY_TRY_VOID(charge(value.is_text() ? value.text().size() : 0));
        GALLEY_TRY(Value result, apply_filter(index, std::move(value), arguments, text_bytes_max_));
        stack_.resize(stack_.size() - argument_count - 1);
        return push(std::move(result));
    }

    Result<void> format(std::size_t argument_count) {
        const std::span<Value> arguments = std::span(stack_).last(argument_count);
        const Value& pattern = stack_[stack_.size() - argument_count - 1];
        if (!pattern.is_text()) {
            return fail(ErrorCode::InvalidInput, "format needs text, not " + std::string(pattern.kind_name()));
        }
        GALLEY_TRY(std::string result, python_format(pattern.text(), arguments, text_bytes_max_));
        GALLEY_TRY_VOID(charge(result.size() + pattern.text().size()));
        stack_.resize(stack_.size() - argument_count - 1);
        return push(Value(std::move(result)));
    }

    Result<void> negate() {
        const Value value = pop();
        if (value.is_double()) return push(Value(-value.number()));
        if (!value.is_integer() || value.integer() == INT64_MIN) {
            return fail(ErrorCode::InvalidInput, "cannot negate " + std::string(value.kind_name()));
        }
        return push(Value(-value.integer()));
    }

    Result<void> compare(Op op) {
        const Value right = pop();
        const Value left = pop();
        GALLEY_TRY_VOID(charge(left.is_text() ? left.text().size() : 0));
        if (op == Op::Equal || op == Op::NotEqual) {
            GALLEY_TRY(const bool same, equal(left, right));
            return push(Value(same == (op == Op::Equal)));
        }
        const bool swapped = op == Op::Greater || op == Op::LessEqual;
        GALLEY_TRY(const bool is_less, swapped ? less(right, left) : less(left, right));
        const bool negated = op == Op::LessEqual || op == Op::GreaterEqual;
        return push(Value(is_less != negated));
    }

    Result<void> loop_begin(const Instruction& instruction) {
        const Value value = pop();
        LoopFrame frame;
        if (value.is_object()) {
            for (const auto& [name, ignored] : value.object().members()) frame.items.emplace_back(name);
        } else if (value.is_list()) {
            for (const codec::JsonValue& element : value.elements()) frame.items.push_back(Value::from_json(element));
        } else if (!value.is_undefined()) {
            return fail(ErrorCode::InvalidInput, "cannot loop over " + std::string(value.kind_name()));
        }
        if (frame.items.empty()) return jump(instruction, true);
        GALLEY_TRY_VOID(charge(frame.items.size() * sizeof(Value)));
        frames_.push_back(std::move(frame));
        return {};
    }

    Result<void> loop_next(const Instruction& instruction) {
        LoopFrame& frame = frames_.back();
        if (++frame.at < frame.items.size()) return jump(instruction, true);
        frames_.pop_back();
        return {};
    }

    static Value loop_field(const LoopFrame& frame, LoopField field) {
        const auto number = [](std::size_t n) { return Value(static_cast<std::int64_t>(n)); };
        const std::size_t size = frame.items.size();
        switch (field) {
            case LoopField::Index:
                return number(frame.at + 1);
            case LoopField::Index0:
                return number(frame.at);
            case LoopField::First:
                return Value(frame.at == 0);
            case LoopField::Last:
                return Value(frame.at + 1 == size);
            case LoopField::Length:
                return number(size);
            case LoopField::ReverseIndex:
                return number(size - frame.at);
            case LoopField::ReverseIndex0:
                return number(size - frame.at - 1);
        }
        return {};
    }

    const Program& program_;
    const codec::JsonValue& data_;
    const RenderLimits& limits_;
    const std::size_t text_bytes_max_;
    std::size_t at_ = 0;
    std::size_t steps_ = 0;
    std::vector<Value> stack_;
    std::vector<LoopFrame> frames_;
    std::string out_;
};

}  // namespace

Result<std::string> run_program(const Program& program, const codec::JsonValue& data, const RenderLimits& limits) {
    return Renderer(program, data, limits).run();
}

}  // namespace galley::templates
