list(APPEND GALLEY_DOCUMENT_SOURCES
  paint/borders.cpp paint/backgrounds.cpp paint/gradients.cpp paint/text_painter.cpp paint/painter.cpp paint/pictures.cpp paint/dump.cpp)
list(APPEND GALLEY_DOCUMENT_TESTS paint/gradients_test.cpp)
