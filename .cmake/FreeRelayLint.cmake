# Targets that look at the sources instead of building them:
#   format, format-check   clang-format 14 over every source that git knows
#   tidy, clazy            over core, app and ui, with the compile commands of the lint preset
#   coverage               (in the coverage preset) runs the tests, prints the line coverage of core
find_program(CLANG_FORMAT NAMES clang-format-14 clang-format)
set(freerelay_list_sources
    git -C "${PROJECT_SOURCE_DIR}" ls-files -- "app/*.cpp" "app/*.h" "core/*.cpp" "core/*.h" "ui/*.cpp"
    "ui/*.h" "tests/*.cpp" "tests/*.h")
if(CLANG_FORMAT)
    add_custom_target(format
        COMMAND ${freerelay_list_sources} | xargs ${CLANG_FORMAT} -i
        WORKING_DIRECTORY "${PROJECT_SOURCE_DIR}" VERBATIM)
    add_custom_target(format-check
        COMMAND ${freerelay_list_sources} | xargs ${CLANG_FORMAT} --dry-run --Werror
        WORKING_DIRECTORY "${PROJECT_SOURCE_DIR}" VERBATIM)
endif()

foreach(linter tidy clazy)
    add_custom_target(${linter}
        COMMAND "${PROJECT_SOURCE_DIR}/.ci/lint.sh" ${linter}
        WORKING_DIRECTORY "${PROJECT_SOURCE_DIR}" USES_TERMINAL VERBATIM)
endforeach()

# Line coverage that core must reach, in per cent.
set(FREERELAY_CORE_COVERAGE 85)
find_program(GCOVR gcovr)
if(GCOVR AND CMAKE_CXX_FLAGS MATCHES "--coverage")
    add_custom_target(coverage
        COMMAND find "${CMAKE_BINARY_DIR}" -name "*.gcda" -delete
        COMMAND "${CMAKE_CTEST_COMMAND}" --output-on-failure -L "unit|contract|integration|ui"
        COMMAND ${GCOVR} --root "${PROJECT_SOURCE_DIR}" --filter "${PROJECT_SOURCE_DIR}/core/"
            --exclude-unreachable-branches --print-summary --sort-percentage
            --fail-under-line ${FREERELAY_CORE_COVERAGE} "${CMAKE_BINARY_DIR}"
        WORKING_DIRECTORY "${CMAKE_BINARY_DIR}" USES_TERMINAL VERBATIM)
endif()
