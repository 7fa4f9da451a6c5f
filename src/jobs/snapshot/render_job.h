// src/jobs/snapshot/render_job.h — a render as a job of the process pool, and how its result travels.
//
// Shape    encode_rendered: PDF, then its page count and warnings, all in one; decode_rendered takes it apart again.
//          ChildFonts reads font files itself in the pool parent, and through the server in a child.
// Errors   decode_rendered: Corrupt; a child that was taken over may send anything.
// Owner    ChildFonts borrows what it is made of, and the context of the job under way.
// Threads  ChildFonts: the one of a child. The functions: any.
// Limits   kWarningsMax warnings.
#pragma once

#include "document/document.h"
#include "pool/job.h"

namespace galley::jobs {

inline constexpr std::uint32_t kWarningsMax = 1'000;

Bytes encode_rendered(document::Rendered rendered);
Result<document::Rendered> decode_rendered(Bytes bytes);

class ChildFonts final : public document::FontSource {
 public:
    static constexpr std::uint64_t kFontBytesMax = 64u << 20;

    explicit ChildFonts(const document::FontSource& own) : own_(own) {}
    Result<Bytes> read(const std::string& path) const override {
        return job_ != nullptr ? job_->read_file(path, kFontBytesMax) : own_.read(path);
    }
    // Which job asks, from now on; null: nobody, so that files are read here.
    void set_job(pool::JobContext* job) { job_ = job; }

 private:
    const document::FontSource& own_;
    pool::JobContext* job_ = nullptr;
};

}  // namespace galley::jobs
