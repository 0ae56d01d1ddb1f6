# What `cmake --install` puts in place: the program, both libraries, one header, pkg-config file, pages, packs.
if(TARGET assay_shared)
install(TARGETS assay assay_shared RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR}
        LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
endif()
if(EXISTS ${PROJECT_SOURCE_DIR}/engine/include/assay/assay.h)
install(FILES ${PROJECT_SOURCE_DIR}/engine/include/assay/assay.h DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/assay)
endif()
