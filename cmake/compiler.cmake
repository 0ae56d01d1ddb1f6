# Warnings, hardening and sanitizers, for every target through the interface library as_options.
include(CheckCCompilerFlag)
include(CheckLinkerFlag)
add_library(as_options INTERFACE)
target_compile_definitions(as_options INTERFACE _GNU_SOURCE ASSAY_VERSION="${PROJECT_VERSION}")
target_include_directories(as_options INTERFACE ${PROJECT_SOURCE_DIR} ${PROJECT_SOURCE_DIR}/engine
                                                ${PROJECT_SOURCE_DIR}/engine/include)

set(AS_WARNINGS
    -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Wstrict-prototypes
    -Wold-style-definition -Wmissing-prototypes -Wmissing-declarations -Wcast-qual
    -Wcast-align=strict -Wpointer-arith -Wwrite-strings -Wundef -Wvla -Walloca -Wformat=2
    -Wformat-signedness -Wnull-dereference -Wdouble-promotion -Wswitch-enum
    -Wimplicit-fallthrough=5 -Wduplicated-cond -Wduplicated-branches -Wlogical-op
    -Wredundant-decls -Wdate-time -Wstack-usage=16384)
if(ASSAY_SANITIZE)
  # Instrumented frames are larger and the null-pointer analysis sees the checks' own branches.
  list(REMOVE_ITEM AS_WARNINGS -Wstack-usage=16384 -Wnull-dereference)
endif()
if(CMAKE_C_COMPILER_ID MATCHES Clang)
  list(APPEND AS_WARNINGS -Wimplicit-fallthrough)
endif()
foreach(flag IN LISTS AS_WARNINGS)
  string(MAKE_C_IDENTIFIER "AS_HAS${flag}" known)
  check_c_compiler_flag("-Werror ${flag}" ${known})
  if(${known})
    target_compile_options(as_options INTERFACE ${flag})
  endif()
endforeach()
if(ASSAY_WERROR)
  target_compile_options(as_options INTERFACE -Werror)
endif()

target_compile_options(as_options INTERFACE -march=x86-64-v2 -fno-common -fstack-protector-strong
                                            -fno-strict-aliasing -g)
check_c_compiler_flag(-fstack-clash-protection AS_HAS_STACK_CLASH)
if(AS_HAS_STACK_CLASH)
  target_compile_options(as_options INTERFACE -fstack-clash-protection)
endif()
if(CMAKE_BUILD_TYPE STREQUAL "Release")
  target_compile_options(as_options INTERFACE -O3 -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3)
endif()
target_link_options(as_options INTERFACE -Wl,-z,relro -Wl,-z,now)

if(ASSAY_SANITIZE)
  target_compile_options(as_options INTERFACE -fsanitize=${ASSAY_SANITIZE} -fno-omit-frame-pointer)
  target_link_options(as_options INTERFACE -fsanitize=${ASSAY_SANITIZE})
  if(ASSAY_SANITIZE MATCHES undefined)
    target_compile_options(as_options INTERFACE -fno-sanitize-recover=undefined)
  endif()
endif()
if(ASSAY_COVERAGE)
  target_compile_options(as_options INTERFACE --coverage)
  target_link_options(as_options INTERFACE --coverage)
endif()
