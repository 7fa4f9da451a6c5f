# The library Galley::galley: all modules in one archive, the headers of include/galley, and a package for
# find_package(Galley). In the tree the target is galley_library, since build/<preset>/galley is the program.
set(GALLEY_LIBRARY_MODULES
  base os codec metrics net store cache document template pool tasks schedule auth rooms jobs api app command_line embed)
# What the modules bind (docs/ARCHITECTURE.md). Names only: they hold for the installed package, too.
set(GALLEY_LIBRARY_NEEDS
  spdlog fmt simdjson deflate brotlidec brotlienc zstd sqlite3 ssl crypto seccomp cctz harfbuzz harfbuzz-subset fontconfig icuuc hyphen webp woff2dec)

list(TRANSFORM GALLEY_LIBRARY_MODULES REPLACE "(.+)" "$<TARGET_OBJECTS:galley_\\1>" OUTPUT_VARIABLE galley_objects)
add_library(galley_library STATIC ${galley_objects})
add_library(Galley::galley ALIAS galley_library)
set_target_properties(galley_library PROPERTIES OUTPUT_NAME galley EXPORT_NAME galley LINKER_LANGUAGE CXX)
target_compile_features(galley_library PUBLIC cxx_std_20)
target_include_directories(galley_library PUBLIC
  $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include> $<INSTALL_INTERFACE:include>)
target_link_libraries(galley_library PUBLIC ${GALLEY_LIBRARY_NEEDS} Threads::Threads)
if(GALLEY_SANITIZE)
  target_link_options(galley_library PUBLIC $<BUILD_INTERFACE:-fsanitize=${galley_sanitize_link}>)
endif()

include(GNUInstallDirs)
include(CMakePackageConfigHelpers)
set(galley_package ${CMAKE_INSTALL_LIBDIR}/cmake/Galley)
install(TARGETS galley_binary RUNTIME COMPONENT program)
install(TARGETS galley_library EXPORT Galley ARCHIVE COMPONENT development)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/galley TYPE INCLUDE COMPONENT development)
install(EXPORT Galley NAMESPACE Galley:: FILE GalleyTargets.cmake DESTINATION ${galley_package} COMPONENT development)
write_basic_package_version_file(${CMAKE_CURRENT_BINARY_DIR}/GalleyConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_SOURCE_DIR}/cmake/GalleyConfig.cmake ${CMAKE_CURRENT_BINARY_DIR}/GalleyConfigVersion.cmake
  DESTINATION ${galley_package} COMPONENT development)
