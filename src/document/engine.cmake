list(APPEND GALLEY_DOCUMENT_SOURCES page_renderer.cpp engine.cpp)
