# Compile settings shared by every target of ours, and the helper that declares one module.

add_library(freerelay_options INTERFACE)
target_include_directories(freerelay_options INTERFACE "${PROJECT_SOURCE_DIR}")
target_compile_definitions(freerelay_options INTERFACE
    QT_NO_KEYWORDS QT_NO_CAST_FROM_ASCII QT_NO_CAST_TO_ASCII QT_NO_URL_CAST_FROM_STRING
    QT_NO_FOREACH QT_USE_QSTRINGBUILDER QT_DISABLE_DEPRECATED_BEFORE=0x060400
    FREERELAY_VERSION="${PROJECT_VERSION}")
target_compile_options(freerelay_options INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Wold-style-cast -Woverloaded-virtual
    $<$<BOOL:${FREERELAY_WERROR}>:-Werror>)

# One precompiled header for all of core and its tests: Qt Core and the standard library's
# containers are in nearly every translation unit.
add_library(freerelay_pch STATIC "${PROJECT_SOURCE_DIR}/core/common/pch.cpp")
target_precompile_headers(freerelay_pch PRIVATE "${PROJECT_SOURCE_DIR}/core/common/pch.h")
target_link_libraries(freerelay_pch PUBLIC freerelay_options Qt6::Core Qt6::Network tl::expected)
set_target_properties(freerelay_pch PROPERTIES AUTOMOC OFF)

# freerelay_add_module(NAME <name> SOURCES <files> [PUBLIC <targets>] [PRIVATE <targets>])
# Declares the static library freerelay_<name> of one folder.
function(freerelay_add_module)
    cmake_parse_arguments(ARG "" "NAME" "SOURCES;PUBLIC;PRIVATE" ${ARGN})
    set(target freerelay_${ARG_NAME})
    add_library(${target} STATIC ${ARG_SOURCES})
    set_target_properties(${target} PROPERTIES AUTOMOC ON)
    target_link_libraries(${target}
        PUBLIC freerelay_options Qt6::Core Qt6::Network tl::expected ${ARG_PUBLIC}
        PRIVATE ${ARG_PRIVATE})
    target_precompile_headers(${target} REUSE_FROM freerelay_pch)
endfunction()
