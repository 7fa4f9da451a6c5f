# Profile-guided optimisation: a module is compiled with counts of how it ran, which `make profile-update` records.
# docs/decisions/0009-recorded-profile.md says why it is kept in the repository.

option(GALLEY_RECORD_PROFILE "build instrumented, to record a new profile" OFF)

# galley_profiled(MODULE ARCHIVE.tar.xz) — release builds of MODULE use the one profile in ARCHIVE. It fits the compiler
# that wrote it; others go without. A function that changed since has no counts and is compiled as if there were none.
function(galley_profiled name archive)
  if(NOT CMAKE_BUILD_TYPE STREQUAL "Release" OR GALLEY_SANITIZE OR NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang" OR
     NOT CMAKE_CXX_COMPILER_VERSION MATCHES "^19\\.")
    return()
  endif()
  # Functions of one file are named without the file's folder, which is another on each machine.
  target_compile_options(galley_${name} PRIVATE "SHELL:-mllvm -static-func-full-module-prefix=false")
  if(GALLEY_RECORD_PROFILE)
    target_compile_options(galley_${name} PRIVATE -fprofile-generate)
    target_link_options(galley_${name} PUBLIC -fprofile-generate)
    return()
  endif()
  file(ARCHIVE_EXTRACT INPUT ${CMAKE_CURRENT_SOURCE_DIR}/${archive} DESTINATION ${CMAKE_CURRENT_BINARY_DIR})
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${archive})
  string(REPLACE ".tar.xz" "" profile ${archive})
  # Relative to the build's root, where compilers run, so that compiler caches serve every checkout.
  file(RELATIVE_PATH profile ${CMAKE_BINARY_DIR} ${CMAKE_CURRENT_BINARY_DIR}/${profile})
  target_compile_options(galley_${name} PRIVATE
    -fprofile-use=${profile} -Wno-profile-instr-out-of-date -Wno-profile-instr-unprofiled -Wno-backend-plugin)
endfunction()
