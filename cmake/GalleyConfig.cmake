# find_package(Galley) gives the target Galley::galley. The libraries that it needs are named in docs/handlers.md.
include(CMakeFindDependencyMacro)
find_dependency(Threads)
include(${CMAKE_CURRENT_LIST_DIR}/GalleyTargets.cmake)
