// src/document/pdf/page_painter.h — a display list as a page's content stream.
//
// Shape    paint(page) → the operators; images, groups and shadings go to the resources on the way.
// Errors   none: what cannot be drawn becomes a warning.
// Owner    borrows all of it.
// Threads  one.
// Limits   kNestingMax open clips, transforms and groups; deeper ones are ignored with a warning.
// Source   ISO 32000-1 §8, §11.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "document/paint/display_list.h"
#include "document/pdf/content_stream.h"
#include "document/pdf/document_images.h"
#include "document/pdf/resources.h"
#include "document/pdf/text_encoder.h"
#include "document/pdf/vector_forms.h"

namespace galley::document {

class PagePainter {
 public:
    PagePainter(Resources& resources, DocumentFonts& fonts, DocumentImages& images, std::vector<std::string>& warnings)
        : resources_(resources),
          images_(images),
          encoder_(fonts),
          vectors_(resources, fonts, images, warnings),
          warnings_(warnings) {}

    std::string paint(const DisplayPage& page);
    // Operators that follow those of a page painted before: its matrix holds, its colours and fonts are not known.
    std::string paint_overlay(const DisplayPage& overlay);

 private:
    enum class Open : std::uint8_t { Clip, Transform, Group, Tiles, Ignored };
    struct Group {
        ContentStream content;
        double opacity = 1;
        const char* blend = "Normal";
        PushTiles tiles = {};
    };

    void draw(const FillRect& item);
    void draw(const FillRing& item);
    void draw(const FillPolygon& item);
    void draw(const StrokeLine& item);
    void draw(const FillGradient& item);
    void draw(const DrawText& item);
    void draw(const DrawImage& item);
    void draw(const DrawVector& item);
    void draw(const PushClip& item);
    void draw(const PushTransform& item);
    void draw(const PushOpacity& item);
    void draw(const PushTiles& item);
    void draw(const PopTiles& /*item*/) { close(); }
    void draw(const PopClip& /*item*/) { close(); }
    void draw(const PopTransform& /*item*/) { close(); }
    void draw(const PopOpacity& /*item*/) { close(); }

    void begin(const DisplayPage& page);
    std::string draw_all(const DisplayPage& page);
    bool open(Open kind);
    void close();
    void close_group();
    void close_tiles();
    ContentStream& out() { return groups_.back().content; }
    void set_alpha(std::uint8_t alpha);
    void fill_style(Color color);
    const std::string& repeated_shape(const Size& size, const Radii& radii);
    std::string box() const;

    Resources& resources_;
    DocumentImages& images_;
    TextEncoder encoder_;
    VectorForms vectors_;
    std::vector<std::string>& warnings_;
    std::vector<Group> groups_;  // the page itself first
    std::vector<Open> open_;
    std::string box_;
    int transforms_ = 0;
    std::size_t usual_bytes_ = 0;  // of a page: the largest so far
    // Rounded rectangles by width, height and radii, in hundredths of a px: their forms, "" for those drawn once.
    std::map<std::array<std::int64_t, 10>, std::string> shapes_;
};

}  // namespace galley::document
