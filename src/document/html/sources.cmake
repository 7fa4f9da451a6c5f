list(APPEND GALLEY_DOCUMENT_SOURCES
  resource_loader.cpp
  html/dom_builder.cpp html/dump.cpp html/entities.cpp html/folding.cpp html/formatting.cpp html/insertion.cpp html/link_types.cpp html/parser.cpp html/row_nodes.cpp
  html/tags.cpp html/tokenizer.cpp html/tree_body.cpp html/tree_builder.cpp html/tree_foreign.cpp html/tree_table.cpp html/xml_parser.cpp)
list(APPEND GALLEY_DOCUMENT_TESTS html/parser_test.cpp html/xml_parser_test.cpp)
