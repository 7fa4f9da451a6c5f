list(APPEND GALLEY_DOCUMENT_SOURCES
  style/apply_background.cpp style/apply_border.cpp style/apply_box.cpp style/apply_content.cpp style/apply_font.cpp
  style/apply_image.cpp style/apply_svg.cpp style/svg_presentation.cpp
  style/apply_layout.cpp style/apply_logical.cpp style/apply_page.cpp style/apply_rare.cpp style/apply_text.cpp
  style/apply_text_rare.cpp style/cascade.cpp style/counter_style.cpp style/declarations.cpp
  style/dump.cpp style/font_face.cpp style/gradient_values.cpp style/layer_tree.cpp style/nesting.cpp
  style/page_style.cpp style/presentational.cpp style/property_apply.cpp
  style/rule_index.cpp style/selector.cpp style/selector_parser.cpp style/sheet_loading.cpp style/shorthands.cpp
  style/styled_document.cpp style/stylesheet.cpp style/user_agent_sheet.cpp)
list(APPEND GALLEY_DOCUMENT_TESTS style/nesting_test.cpp style/property_docs_test.cpp style/style_test.cpp)
