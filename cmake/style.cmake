# Style as tests (label style): tests/style/check_style.py says what each check looks for.
find_package(Python3 3.9 REQUIRED COMPONENTS Interpreter)
foreach(check IN ITEMS layering sizes banned headers format paths notes names)
  add_test(NAME style_${check} COMMAND Python3::Interpreter ${PROJECT_SOURCE_DIR}/tests/style/check_style.py ${check})
  set_tests_properties(style_${check} PROPERTIES LABELS style TIMEOUT 120 SKIP_RETURN_CODE 77)
endforeach()
# Sanitizers add symbols of their own.
if(NOT ASSAY_SANITIZE)
  add_test(NAME style_symbols COMMAND Python3::Interpreter ${PROJECT_SOURCE_DIR}/tests/style/check_style.py symbols
           --build ${PROJECT_BINARY_DIR})
  set_tests_properties(style_symbols PROPERTIES LABELS style TIMEOUT 120)
endif()
