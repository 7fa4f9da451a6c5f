list(APPEND GALLEY_DOCUMENT_SOURCES
  pdf/cff_face.cpp
  pdf/content_stream.cpp
  pdf/document_fonts.cpp
  pdf/document_images.cpp
  pdf/font_cache.cpp
  pdf/glyf_subset.cpp
  pdf/gradient.cpp
  pdf/harfbuzz_subset.cpp
  pdf/metadata.cpp
  pdf/navigation.cpp
  pdf/page_painter.cpp
  pdf/pdf_file.cpp
  pdf/pdf_writer.cpp
  pdf/png_image.cpp
  pdf/resources.cpp
  pdf/text_encoder.cpp
  pdf/to_unicode.cpp)
list(APPEND GALLEY_DOCUMENT_TESTS
  pdf/testing/sample_pages.cpp
  pdf/pdf_writer_test.cpp
  pdf/glyf_subset_test.cpp
  pdf/number_text_test.cpp
  pdf/png_image_test.cpp)
