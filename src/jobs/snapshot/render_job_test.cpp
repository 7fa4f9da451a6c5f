#include "jobs/snapshot/render_job.h"

#include <gtest/gtest.h>

namespace galley::jobs {
namespace {

Bytes encoded() {
    return encode_rendered({.pdf = "%PDF-1.7 …", .page_count = 3, .warnings = {"no font", ""}});
}

TEST(RenderJob, ADocumentTravelsWhole) {
    const Result<document::Rendered> got = decode_rendered(encoded());
    ASSERT_TRUE(got);
    EXPECT_EQ(got->pdf, "%PDF-1.7 …");
    EXPECT_EQ(got->page_count, 3);
    EXPECT_EQ(got->warnings, (std::vector<std::string>{"no font", ""}));
}

TEST(RenderJob, WhatIsCutAnywhereIsCorruptOrAnotherDocumentButNeverReadBeyond) {
    const Bytes whole = encoded();
    for (std::size_t size = 0; size < whole.size(); ++size) {
        EXPECT_FALSE(decode_rendered(whole.substr(0, size))) << size;
        EXPECT_FALSE(decode_rendered(whole.substr(whole.size() - size))) << size;
    }
}

TEST(RenderJob, ABitThatIsTurnedNeverReadsBeyond) {
    const Bytes whole = encoded();
    for (std::size_t bit = 0; bit < whole.size() * 8; ++bit) {
        Bytes turned = whole;
        turned[bit / 8] = static_cast<char>(turned[bit / 8] ^ (1 << bit % 8));
        const Result<document::Rendered> got = decode_rendered(turned);
        if (got)
            EXPECT_LE(got->pdf.size(), whole.size());
        else
            EXPECT_EQ(got.error().code, ErrorCode::Corrupt);
    }
}

}  // namespace
}  // namespace galley::jobs
