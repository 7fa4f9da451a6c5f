list(APPEND GALLEY_DOCUMENT_SOURCES
  box/box.cpp box/box_builder.cpp box/box_fixup.cpp box/counters.cpp box/counter_text.cpp box/element_counters.cpp box/first_letter.cpp
  box/folded_rows.cpp box/generated_content.cpp box/image_store.cpp box/page_texts.cpp)
list(APPEND GALLEY_DOCUMENT_TESTS box/counters_test.cpp box/counter_text_test.cpp)
