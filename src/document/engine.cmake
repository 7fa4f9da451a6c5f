list(APPEND GALLEY_DOCUMENT_SOURCES document_head.cpp page_renderer.cpp engine.cpp)
