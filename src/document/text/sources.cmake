list(APPEND GALLEY_DOCUMENT_SOURCES
  text/bidi.cpp
  text/document_faces.cpp
  text/font_choice.cpp
  text/font_directory.cpp
  text/font_store.cpp
  text/hyphenation.cpp
  text/line_break.cpp
  text/loaded_face.cpp
  text/pair_shaping.cpp
  text/text_shaper.cpp
  text/utf8.cpp
  text/word_shaper.cpp
  text/web_font.cpp
  text/word_table.cpp)
list(APPEND GALLEY_DOCUMENT_TESTS
  text/hyphenation_test.cpp
  text/line_break_test.cpp
  text/pair_shaping_test.cpp
  text/text_shaper_test.cpp
  text/web_font_test.cpp)
