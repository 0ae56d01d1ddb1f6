# Replays the seeds of every fuzz target in ordinary builds: replay_fuzz_TARGET, ctest label fuzz-replay.
# `cmake --build … --target fuzz_replay` builds them all.
include(${CMAKE_CURRENT_LIST_DIR}/fuzz_targets.cmake)
add_custom_target(fuzz_replay)
function(as_add_replay name module source seeds)
  add_executable(replay_${name} ${source} ${PROJECT_SOURCE_DIR}/tests/fuzz/replay_main.c)
  target_include_directories(replay_${name} PRIVATE ${PROJECT_SOURCE_DIR}/tests/support)
  target_compile_definitions(replay_${name} PRIVATE ASSAY_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  target_link_libraries(replay_${name} PRIVATE as_${module} as_base)
  add_test(NAME replay_${name} COMMAND replay_${name} ${seeds} WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
  set_tests_properties(replay_${name} PROPERTIES LABELS "fuzz-replay" TIMEOUT 300)
  add_dependencies(fuzz_replay replay_${name})
endfunction()
as_each_fuzz_target(as_add_replay)
