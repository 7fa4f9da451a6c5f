list(APPEND GALLEY_DOCUMENT_SOURCES
  layout/layout_context.cpp layout/text_part.cpp layout/text_transform.cpp layout/inline_content.cpp layout/box_geometry.cpp
  layout/float_context.cpp layout/line_breaker.cpp layout/line_builder.cpp layout/inline_layout.cpp
  layout/break_rules.cpp layout/break_token.cpp
  layout/block_flow.cpp layout/block_layout.cpp layout/columns_layout.cpp layout/row_store.cpp layout/table_grid.cpp layout/table_borders.cpp
  layout/table_widths.cpp layout/table_rows.cpp layout/table_layout.cpp layout/flex_lines.cpp layout/flex_layout.cpp
  layout/positioned.cpp layout/visual_order.cpp layout/line_leaves.cpp layout/page_layout.cpp layout/page_sources.cpp layout/margin_boxes.cpp)
list(APPEND GALLEY_DOCUMENT_TESTS
  layout/flex_lines_test.cpp layout/float_context_test.cpp layout/margin_boxes_test.cpp)
