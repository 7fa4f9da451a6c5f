list(APPEND GALLEY_DOCUMENT_SOURCES
  css/color.cpp css/color_spaces.cpp css/media.cpp css/properties.cpp css/syntax.cpp css/token.cpp css/values.cpp)
list(APPEND GALLEY_DOCUMENT_TESTS css/css_test.cpp)
