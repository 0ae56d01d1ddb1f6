# The checks against python-stdnum, number by number (tests/oracles/compare_checks.py): a tenth of the
# 100,000 numbers of each kind by default. Skipped where Debian's python3-stdnum is not installed.
add_executable(check_stream ${PROJECT_SOURCE_DIR}/tests/oracles/check_stream.c)
target_link_libraries(check_stream PRIVATE as_detectors)
add_test(NAME oracle_checks WORKING_DIRECTORY ${PROJECT_SOURCE_DIR}
         COMMAND /usr/bin/python3 tests/oracles/compare_checks.py $<TARGET_FILE:check_stream> --count 10000)
set_tests_properties(oracle_checks PROPERTIES LABELS "oracle;detectors" TIMEOUT 600 SKIP_RETURN_CODE 77)
