#include "document/pdf/harfbuzz_subset.h"

#include <hb-ot.h>
#include <hb-subset.h>
#include <hb.h>

#include <algorithm>
#include <memory>
#include <vector>

namespace galley::document {
namespace {

struct InputDeleter {
    void operator()(hb_subset_input_t* input) const { hb_subset_input_destroy(input); }
};
struct FaceDeleter {
    void operator()(hb_face_t* face) const { hb_face_destroy(face); }
};
struct BlobDeleter {
    void operator()(hb_blob_t* blob) const { hb_blob_destroy(blob); }
};

Bytes bytes_of(hb_blob_t* blob) {
    const std::unique_ptr<hb_blob_t, BlobDeleter> owned(blob);
    unsigned size = 0;
    const char* const data = hb_blob_get_data(blob, &size);
    return Bytes(data, size);
}

void pin_axes(hb_subset_input_t* input, const Face& face) {
    std::vector<hb_ot_var_axis_info_t> axes(hb_ot_var_get_axis_count(face.hb_face()));
    auto axis_count = static_cast<unsigned>(axes.size());
    hb_ot_var_get_axis_infos(face.hb_face(), 0, &axis_count, axes.data());
    unsigned coord_count = 0;
    const float* const coords = hb_font_get_var_coords_design(face.hb_font(), &coord_count);
    for (unsigned i = 0; i < axis_count; ++i)
        hb_subset_input_pin_axis_location(input, face.hb_face(), axes[i].tag,
                                          i < coord_count ? coords[i] : axes[i].default_value);
}

}  // namespace

Result<Bytes> subset_by_harfbuzz(const Face& face, std::span<const std::uint32_t> glyphs, GlyphNumbers numbers) {
    const std::unique_ptr<hb_subset_input_t, InputDeleter> input(hb_subset_input_create_or_fail());
    if (!input) return fail(ErrorCode::Internal, "no memory for a font subset");
    unsigned flags = HB_SUBSET_FLAGS_NO_HINTING;
    if (numbers == GlyphNumbers::Keep) flags |= HB_SUBSET_FLAGS_RETAIN_GIDS;
    hb_subset_input_set_flags(input.get(), flags);
    hb_set_t* const wanted = hb_subset_input_glyph_set(input.get());
    for (const std::uint32_t glyph : glyphs) hb_set_add(wanted, glyph);
    hb_set_t* const dropped = hb_subset_input_set(input.get(), HB_SUBSET_SETS_DROP_TABLE_TAG);
    for (const char* const tag :
         {"GSUB", "GPOS", "GDEF", "kern", "name", "OS/2", "post", "gasp", "cmap", "STAT", "DSIG", "MATH"})
        hb_set_add(dropped, hb_tag_from_string(tag, -1));
    pin_axes(input.get(), face);
    const std::unique_ptr<hb_face_t, FaceDeleter> subset(hb_subset_or_fail(face.hb_face(), input.get()));
    if (!subset) return fail(ErrorCode::InvalidInput, "the font " + face.postscript_name() + " cannot be subset");
    return bytes_of(hb_face_reference_blob(subset.get()));
}

Bytes table_of(std::string_view sfnt, std::uint32_t tag) {
    const std::unique_ptr<hb_blob_t, BlobDeleter> blob(
        hb_blob_create(sfnt.data(), static_cast<unsigned>(sfnt.size()), HB_MEMORY_MODE_READONLY, nullptr, nullptr));
    const std::unique_ptr<hb_face_t, FaceDeleter> face(hb_face_create(blob.get(), 0));
    return bytes_of(hb_face_reference_table(face.get(), tag));
}

}  // namespace galley::document
