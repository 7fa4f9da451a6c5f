// src/rooms/testing/rooms_test.h — a database with the rooms' tables in a temporary folder, for this module's tests.
#pragma once

#include <gtest/gtest.h>

#include <array>
#include <filesystem>
#include <memory>
#include <string>

#include "codec/json.h"
#include "os/clock.h"
#include "rooms/room_store.h"
#include "rooms/schema.h"
#include "store/sqlite/sqlite_database.h"

namespace galley::rooms {

class RoomsTest : public testing::Test {
 protected:
    void SetUp() override {
        const auto* info = testing::UnitTest::GetInstance()->current_test_info();
        folder_ = testing::TempDir() + "/rooms-" + info->test_suite_name() + "-" + info->name();
        std::filesystem::remove_all(folder_);
        std::filesystem::create_directories(folder_);
        const std::array components{schema()};
        auto opened = store::open_sqlite({.folder = folder_}, components, os::system_clock());
        ASSERT_TRUE(opened) << opened.error().to_string();
        database_ = std::move(*opened);
        rooms_ = std::make_unique<RoomStore>(*database_);
    }
    void TearDown() override {
        rooms_.reset();
        database_.reset();
        std::filesystem::remove_all(folder_);
    }

    // `more` continues the body after "room": ,"parties":[…]
    Result<bool> put(const std::string& id, const std::string& more = "", const std::string& title = "t",
                     Time now = from_unix_ms(1000)) {
        const std::string text = R"({"room":{"reference":"ref","title":")" + title + "\"}" + more + "}";
        auto body = codec::JsonDocument::parse(text);
        EXPECT_TRUE(body) << text;
        return database_->write(
            [&](store::Executor& executor) { return rooms_->put_in(executor, id, body->root(), "owner@x", now); });
    }

    std::string folder_;
    std::unique_ptr<store::Database> database_;
    std::unique_ptr<RoomStore> rooms_;
};

}  // namespace galley::rooms
