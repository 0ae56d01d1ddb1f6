# Libraries, all from Debian 12; see docs/architecture.md for what each is for. Nothing GPL or AGPL.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
# Also what assay.pc names for those who link libassay.a.
set(AS_DEPENDENCIES libhs libcurl libcrypto libssl libzstd libisal zlib liblz4 liblzma libcjson expat
                    yaml-0.1 libxxhash libpcre2-8)
foreach(dep IN LISTS AS_DEPENDENCIES)
  string(MAKE_C_IDENTIFIER ${dep} name)
  pkg_check_modules(${name} REQUIRED IMPORTED_TARGET ${dep})
endforeach()
find_library(AS_BZ2 bz2 REQUIRED)

# Debian's Vectorscan 5.4.9 silently misses matches that Hyperscan 5.4.0 finds: refuse to build on it.
# The same test runs when the program starts (engine/scan/self_test.c).
if(NOT ASSAY_SANITIZE AND NOT DEFINED AS_HYPERSCAN_TRUSTED)
  try_run(AS_HS_RUN AS_HS_BUILT ${PROJECT_BINARY_DIR}/hs_self_test ${PROJECT_SOURCE_DIR}/cmake/hs_self_test.c
          LINK_LIBRARIES PkgConfig::libhs COMPILE_OUTPUT_VARIABLE AS_HS_LOG)
  if(NOT AS_HS_BUILT)
    message(FATAL_ERROR "The Hyperscan self-test does not build:\n${AS_HS_LOG}")
  endif()
  if(NOT AS_HS_RUN EQUAL 0)
    message(FATAL_ERROR "This libhs misses matches (Vectorscan 5.4.9 does). Install libhyperscan-dev 5.4.0 "
                        "instead: apt-get install libhyperscan-dev")
  endif()
  set(AS_HYPERSCAN_TRUSTED TRUE CACHE INTERNAL "libhs passed the self-test")
endif()
