# as_module(NAME DIRS... [USES modules...] [LINKS libraries...]): a static library of every .c below DIRS.
function(as_module name)
  cmake_parse_arguments(M "" "" "DIRS;USES;LINKS;SOURCES" ${ARGN})
  set(sources ${M_SOURCES})
  foreach(dir IN LISTS M_DIRS)
    file(GLOB_RECURSE found CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/${dir}/*.c)
    list(APPEND sources ${found})
  endforeach()
  if(NOT sources)
    set(sources ${PROJECT_BINARY_DIR}/${name}_empty.c)
    file(WRITE ${PROJECT_BINARY_DIR}/${name}_empty.c "extern int ${name}_is_empty;\n")
  endif()
  add_library(${name} STATIC ${sources})
  target_link_libraries(${name} PUBLIC as_options ${M_USES} ${M_LINKS} Threads::Threads)
endfunction()

as_module(as_base DIRS engine/base LINKS PkgConfig::libcrypto PkgConfig::libxxhash)
as_module(as_detectors DIRS detectors/checks)
as_module(as_io DIRS io USES as_base LINKS PkgConfig::libcurl PkgConfig::libcrypto PkgConfig::libssl PkgConfig::expat
          PkgConfig::libcjson)
as_module(as_text DIRS engine/text USES as_base)
as_module(as_content DIRS engine/content USES as_base as_text
          LINKS PkgConfig::libzstd PkgConfig::libisal PkgConfig::zlib PkgConfig::liblz4
                PkgConfig::liblzma ${AS_BZ2})
# The pack loader is shared by the program and by packgen, which compiles the built-in packs into it.
as_module(as_pack DIRS engine/pack USES as_base as_detectors LINKS PkgConfig::yaml_0_1 PkgConfig::libhs)

if(EXISTS ${PROJECT_SOURCE_DIR}/tools/packgen.c)
add_executable(packgen ${PROJECT_SOURCE_DIR}/tools/packgen.c)
target_link_libraries(packgen PRIVATE as_pack)
file(GLOB AS_PACKS CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/detectors/packs/*.yaml)
set(AS_BUILTIN ${PROJECT_BINARY_DIR}/generated/builtin_packs.c)
add_custom_command(OUTPUT ${AS_BUILTIN} COMMAND packgen ${AS_BUILTIN} ${AS_PACKS} DEPENDS packgen ${AS_PACKS}
                   COMMENT "Compiling the detector packs")
endif()

as_module(as_scan DIRS engine/scan SOURCES ${AS_BUILTIN} USES as_base as_text as_detectors as_pack
          LINKS PkgConfig::libhs PkgConfig::libpcre2_8)
as_module(as_findings DIRS engine/findings USES as_base as_text as_detectors as_pack
          LINKS PkgConfig::libcjson PkgConfig::libcrypto)
as_module(as_pipeline DIRS engine/pipeline USES as_findings as_scan as_content as_text as_io as_pack as_detectors as_base)
# The options and the scanner over memory, shared by the library and the program; the library's own functions.
as_module(as_api DIRS engine/api USES as_pipeline as_content as_scan)
as_module(as_cli DIRS engine/cli USES as_api as_pipeline LINKS PkgConfig::libcjson)
target_compile_definitions(as_cli PRIVATE
  ASSAY_HYPERSCAN_VERSION="${libhs_VERSION}" ASSAY_ISAL_VERSION="${libisal_VERSION}"
  ASSAY_EXPAT_VERSION="${expat_VERSION}" ASSAY_YAML_VERSION="${yaml_0_1_VERSION}"
  ASSAY_XXHASH_VERSION="${libxxhash_VERSION}")

# The program. Its main is apart from as_cli so that the tests can link the commands.
add_executable(assay ${PROJECT_SOURCE_DIR}/engine/main.c)
target_link_libraries(assay PRIVATE as_cli)

# The library: every module but the command line, with only assay_* exported.
set(AS_LIBRARY_MODULES as_pipeline as_findings as_scan as_pack as_content as_text as_io as_detectors as_base)
file(GLOB_RECURSE AS_API CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/engine/api/*.c)
if(AS_API)
add_library(assay_shared SHARED ${AS_API})
target_link_libraries(assay_shared PRIVATE as_options ${AS_LIBRARY_MODULES})
target_compile_definitions(assay_shared PRIVATE ASSAY_BUILD)
target_link_options(assay_shared PRIVATE -Wl,--exclude-libs,ALL -Wl,--no-undefined)
set_target_properties(assay_shared PROPERTIES OUTPUT_NAME assay VERSION ${PROJECT_VERSION} SOVERSION 0)
endif()
