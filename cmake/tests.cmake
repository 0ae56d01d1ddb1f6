# Unit tests: tests/unit/MODULE/test_*.c, each a cmocka program that links MODULE's library.
# `cmake --build … --target unit_MODULE` builds one module's tests; `ctest -L MODULE` runs them.
# Without cmocka the program still builds; scripts/test.sh installs it and refuses to go on without it.
find_library(AS_CMOCKA cmocka)
if(NOT AS_CMOCKA)
  message(STATUS "cmocka is not installed (libcmocka-dev): the unit tests are left out")
  return()
endif()
file(GLOB_RECURSE support CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/support/*.c)
foreach(module IN ITEMS base detectors io text content pack scan findings pipeline api bench cli)
  add_custom_target(unit_${module})
  file(GLOB tests CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/unit/${module}/test_*.c)
  foreach(source IN LISTS tests)
    get_filename_component(name ${source} NAME_WE)
    add_executable(${name} ${source} ${support})
    target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR}/tests/support)
    target_compile_definitions(${name} PRIVATE ASSAY_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
    target_link_libraries(${name} PRIVATE as_${module} as_base ${AS_CMOCKA})
    # cmocka's assertions end a test without telling the compiler that they do.
    set_source_files_properties(${source} PROPERTIES COMPILE_OPTIONS -Wno-null-dereference)
    add_test(NAME ${name} COMMAND ${name} WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
    set_tests_properties(${name} PROPERTIES LABELS "unit;${module}" TIMEOUT 300)
    add_dependencies(unit_${module} ${name})
  endforeach()
endforeach()

# The table of docs/detectors.md is what packgen makes of the packs.
add_test(NAME docs_detectors WORKING_DIRECTORY ${PROJECT_SOURCE_DIR}
         COMMAND sh -c "$<TARGET_FILE:packgen> --docs docs/detectors.md detectors/packs/*.yaml | cmp - docs/detectors.md")
set_tests_properties(docs_detectors PROPERTIES LABELS "style;pack" TIMEOUT 60)

include(${CMAKE_CURRENT_LIST_DIR}/oracles.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/fuzz_replay.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/style.cmake)
