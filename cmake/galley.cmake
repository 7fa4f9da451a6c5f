# How Galley's targets are made: warnings, sanitizers, one library per module, unit tests beside the code.

find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(fmt REQUIRED)
find_package(GTest REQUIRED)

add_library(galley_flags INTERFACE)
target_compile_options(galley_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wthread-safety -Werror
  -fno-omit-frame-pointer -ffile-prefix-map=${CMAKE_SOURCE_DIR}=. -march=x86-64-v2)
target_include_directories(galley_flags INTERFACE ${CMAKE_SOURCE_DIR}/src)
target_link_options(galley_flags INTERFACE -fuse-ld=lld)
if(GALLEY_SANITIZE)
  target_compile_options(galley_flags INTERFACE -fsanitize=${GALLEY_SANITIZE} -fno-sanitize-recover=all)
  string(REPLACE ",fuzzer-no-link" "" galley_sanitize_link "${GALLEY_SANITIZE}")
  target_link_options(galley_flags INTERFACE -fsanitize=${galley_sanitize_link})
endif()

# galley_module(NAME [SOURCES file…] [USES module…] [LIBS library…] [PRIVATE_LIBS library…])
# The library galley_NAME from the calling folder. USES mirrors tools/modules.txt, which a test enforces.
function(galley_module name)
  cmake_parse_arguments(ARG "" "" "SOURCES;USES;LIBS;PRIVATE_LIBS" ${ARGN})
  add_library(galley_${name} STATIC ${ARG_SOURCES})
  list(TRANSFORM ARG_USES PREPEND galley_)
  target_link_libraries(galley_${name} PUBLIC galley_flags ${ARG_USES} ${ARG_LIBS} Threads::Threads PRIVATE ${ARG_PRIVATE_LIBS})
  set_target_properties(galley_${name} PROPERTIES LINKER_LANGUAGE CXX)
endfunction()

# What test programs need beside their subject. Their own code is not optimised: it is a third of the build's time, and
# what they test lies in the libraries, which are.
add_library(galley_test_flags INTERFACE)
target_compile_options(galley_test_flags INTERFACE -O0)
target_link_libraries(galley_test_flags INTERFACE galley_flags GTest::gtest GTest::gmock GTest::gtest_main)

# Whatever fonts a machine has, tests see the same ones.
set(GALLEY_TEST_FONTS "FONTCONFIG_FILE=${CMAKE_SOURCE_DIR}/tests/fonts/fonts.conf")

# galley_unit_test(MODULE SOURCES file_test.cpp… [USES module…] [LABELS label…])
# One GoogleTest program galley_MODULE_test, known to CTest under that name.
function(galley_unit_test name)
  cmake_parse_arguments(ARG "" "" "SOURCES;USES;LABELS;LIBS" ${ARGN})
  list(TRANSFORM ARG_USES PREPEND galley_)
  add_executable(galley_${name}_test ${ARG_SOURCES})
  target_link_libraries(galley_${name}_test PRIVATE ${ARG_USES} ${ARG_LIBS} galley_test_flags)
  target_compile_definitions(galley_${name}_test PRIVATE GALLEY_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
  add_test(NAME ${name} COMMAND galley_${name}_test)
  set_tests_properties(${name} PROPERTIES LABELS "unit;${ARG_LABELS}" TIMEOUT 300 ENVIRONMENT "${GALLEY_TEST_FONTS}")
endfunction()

# galley_fuzzer(NAME SOURCE file.cpp USES module… ) — with GALLEY_FUZZ a libFuzzer program; always a replay
# test that runs the corpus in fuzz/corpus/NAME through the same entry point.
function(galley_fuzzer name)
  cmake_parse_arguments(ARG "" "SOURCE" "USES" ${ARGN})
  list(TRANSFORM ARG_USES PREPEND galley_)
  if(GALLEY_FUZZ)
    add_executable(fuzz_${name} ${ARG_SOURCE})
    target_link_libraries(fuzz_${name} PRIVATE ${ARG_USES} galley_flags)
    target_link_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
  endif()
  add_executable(fuzz_${name}_replay ${ARG_SOURCE} ${CMAKE_SOURCE_DIR}/fuzz/replay_main.cpp)
  target_link_libraries(fuzz_${name}_replay PRIVATE ${ARG_USES} galley_flags)
  add_test(NAME fuzz_${name}_replay COMMAND fuzz_${name}_replay ${CMAKE_SOURCE_DIR}/fuzz/corpus/${name})
  set_tests_properties(fuzz_${name}_replay PROPERTIES LABELS "fuzz" TIMEOUT 120)
endfunction()

# galley_embed(OUTPUT_VARIABLE FILE NAMESPACE::symbol) — a generated .cpp that defines `const std::string_view symbol`
# with the file's bytes (UTF-8 text below 64 KiB). Add it to SOURCES; declare the symbol where it is used.
function(galley_embed out file symbol)
  get_filename_component(base ${file} NAME)
  set(generated ${CMAKE_CURRENT_BINARY_DIR}/embedded_${base}.cpp)
  add_custom_command(
    OUTPUT ${generated}
    COMMAND ${CMAKE_COMMAND} -DINPUT=${CMAKE_SOURCE_DIR}/${file} -DOUTPUT=${generated} -DSYMBOL=${symbol}
            -P ${CMAKE_SOURCE_DIR}/cmake/embed.cmake
    DEPENDS ${CMAKE_SOURCE_DIR}/${file} ${CMAKE_SOURCE_DIR}/cmake/embed.cmake
    VERBATIM)
  set(${out} ${generated} PARENT_SCOPE)
endfunction()
