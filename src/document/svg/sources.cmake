list(APPEND GALLEY_DOCUMENT_SOURCES
  svg/clips.cpp
  svg/drawing_dump.cpp
  svg/elements.cpp
  svg/markers.cpp
  svg/number_reader.cpp
  svg/paint_servers.cpp
  svg/path.cpp
  svg/renderer.cpp
  svg/shapes.cpp
  svg/svg_image.cpp
  svg/svg_text.cpp
  svg/values.cpp)
list(APPEND GALLEY_DOCUMENT_TESTS
  svg/elements_test.cpp
  svg/path_test.cpp
  svg/values_test.cpp)
