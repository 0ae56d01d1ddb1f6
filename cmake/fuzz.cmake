# The libFuzzer targets (preset fuzz, clang): every tests/fuzz/MODULE/fuzz_TARGET.c linked with -fsanitize=fuzzer.
# `cmake --build build/fuzz --target fuzzers` builds them; each runs as
# `build/fuzz/fuzz_TARGET -dict=corpus/fuzz/TARGET.dict NEW_INPUTS corpus/fuzz/TARGET`.
if(NOT CMAKE_C_COMPILER_ID MATCHES Clang)
  message(FATAL_ERROR "ASSAY_FUZZ needs clang (preset fuzz)")
endif()
include(${CMAKE_CURRENT_LIST_DIR}/fuzz_targets.cmake)
add_custom_target(fuzzers)
function(as_add_fuzzer name module source seeds)
  add_executable(${name} EXCLUDE_FROM_ALL ${source})
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR}/tests/support)
  target_compile_definitions(${name} PRIVATE ASSAY_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  target_link_libraries(${name} PRIVATE as_${module} as_base)
  target_link_options(${name} PRIVATE -fsanitize=fuzzer)
  add_dependencies(fuzzers ${name})
endfunction()
as_each_fuzz_target(as_add_fuzzer)
