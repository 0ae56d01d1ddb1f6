# What `cmake --install` puts in place: the program, both libraries, one header, the pkg-config file, man page,
# completions, and the packs to read and copy (the program holds them already).
#
# libassay.a is every module's archive in one, so that a consumer names one library; the shared libraries that it needs
# beside it stand in assay.pc as Libs.private (not as Requires.private, which would ask for their own static needs too). assay.pc finds its prefix from where it lies, since --prefix is given at install time.
set(AS_STATIC ${PROJECT_BINARY_DIR}/libassay.a)
set(script "CREATE ${AS_STATIC}\n")
foreach(module IN ITEMS as_api ${AS_LIBRARY_MODULES})
  list(APPEND archives $<TARGET_FILE:${module}>)
  string(APPEND script "ADDLIB $<TARGET_FILE:${module}>\n")
endforeach()
string(APPEND script "SAVE\nEND\n")
file(GENERATE OUTPUT ${PROJECT_BINARY_DIR}/libassay.mri CONTENT "${script}")
add_custom_command(OUTPUT ${AS_STATIC}
  COMMAND ${CMAKE_COMMAND} -E rm -f ${AS_STATIC}
  COMMAND ${CMAKE_AR} -M < ${PROJECT_BINARY_DIR}/libassay.mri
  DEPENDS as_api ${AS_LIBRARY_MODULES} ${archives} ${PROJECT_BINARY_DIR}/libassay.mri
  COMMENT "Merging libassay.a" VERBATIM)
add_custom_target(assay_static ALL DEPENDS ${AS_STATIC})

file(RELATIVE_PATH AS_PC_PREFIX /p/${CMAKE_INSTALL_LIBDIR}/pkgconfig /p)
string(REGEX REPLACE "/$" "" AS_PC_PREFIX "${AS_PC_PREFIX}")
set(AS_PC_LIBS "")
foreach(dep IN LISTS AS_DEPENDENCIES)
  string(MAKE_C_IDENTIFIER ${dep} name)
  foreach(library IN LISTS ${name}_LIBRARIES)
    string(APPEND AS_PC_LIBS " -l${library}")
  endforeach()
endforeach()
configure_file(${PROJECT_SOURCE_DIR}/cmake/assay.pc.in ${PROJECT_BINARY_DIR}/assay.pc @ONLY)

install(TARGETS assay RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(TARGETS assay_shared LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(FILES ${AS_STATIC} DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(FILES ${PROJECT_SOURCE_DIR}/engine/include/assay/assay.h DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/assay)
install(FILES ${PROJECT_BINARY_DIR}/assay.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
install(FILES ${PROJECT_SOURCE_DIR}/man/assay.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES ${PROJECT_SOURCE_DIR}/completions/assay.bash RENAME assay
        DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
install(FILES ${PROJECT_SOURCE_DIR}/completions/_assay DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions)
install(FILES ${PROJECT_SOURCE_DIR}/completions/assay.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/detectors/packs/ DESTINATION ${CMAKE_INSTALL_DATADIR}/assay/packs
        FILES_MATCHING PATTERN "*.yaml")
# The labelled sample that `assay bench accuracy` measures when no other is named.
install(FILES ${PROJECT_SOURCE_DIR}/corpus/gold.jsonl DESTINATION ${CMAKE_INSTALL_DATADIR}/assay)
