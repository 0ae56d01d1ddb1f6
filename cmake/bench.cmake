# The benches are part of the program (`assay bench`). The baseline's patterns are compiled in.
file(STRINGS ${PROJECT_SOURCE_DIR}/bench/baseline_patterns.txt AS_BASELINE ENCODING UTF-8)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/bench/baseline_patterns.txt)
file(READ ${PROJECT_SOURCE_DIR}/bench/baseline_patterns.txt AS_BASELINE_TEXT)
string(REPLACE "\\" "\\\\" AS_BASELINE_TEXT "${AS_BASELINE_TEXT}")
string(REPLACE "\"" "\\\"" AS_BASELINE_TEXT "${AS_BASELINE_TEXT}")
string(REGEX REPLACE "\n$" "" AS_BASELINE_TEXT "${AS_BASELINE_TEXT}")
string(REPLACE "\n" "\",\n    \"" AS_BASELINE_TEXT "${AS_BASELINE_TEXT}")
file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/generated/baseline_patterns.c
     CONTENT "#include \"bench/baseline.h\"\n\nconst char *const as_baseline_patterns[] = {\n    \"@AS_BASELINE_TEXT@\",\n    0,\n};\n"
     @ONLY)
as_module(as_bench DIRS bench SOURCES ${PROJECT_BINARY_DIR}/generated/baseline_patterns.c
          USES as_api as_scan as_text as_pack as_io as_detectors as_base LINKS PkgConfig::libcurl)
target_link_libraries(as_cli PUBLIC as_bench)
