list(APPEND GALLEY_DOCUMENT_SOURCES
  geometry/image_info.cpp)
list(APPEND GALLEY_DOCUMENT_TESTS
  geometry/image_info_test.cpp)
