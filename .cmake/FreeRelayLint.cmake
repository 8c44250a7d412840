# Targets `format` and `format-check`; `tidy` and `clazy` run over compile_commands.json.
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
