# Shows that check_layering.cmake flags what it must: plants one violation at a time in an empty tree.
#   cmake -DCHECK=<check_layering.cmake> -DWORK=<folder> -P self_test.cmake
cmake_minimum_required(VERSION 3.25)

# run_check(<file> <line> <result variable>)  checks a tree that holds just this file.
function(run_check file content result output)
    file(REMOVE_RECURSE "${WORK}")
    file(WRITE "${WORK}/${file}" "${content}\n")
    execute_process(COMMAND "${CMAKE_COMMAND}" "-DROOT=${WORK}" -P "${CHECK}"
        RESULT_VARIABLE status OUTPUT_VARIABLE text ERROR_VARIABLE text)
    set(${result} "${status}" PARENT_SCOPE)
    set(${output} "${text}" PARENT_SCOPE)
endfunction()

function(expect_flagged file content)
    run_check("${file}" "${content}" status text)
    string(FIND "${text}" "${file}:" found)
    if(status EQUAL 0 OR found EQUAL -1)
        message(SEND_ERROR "not flagged: ${file}: ${content}")
    endif()
endfunction()

function(expect_clean file content)
    run_check("${file}" "${content}" status text)
    if(NOT status EQUAL 0)
        message(SEND_ERROR "flagged without reason: ${file}: ${content}: ${text}")
    endif()
endfunction()

# includes that point up or sideways
expect_flagged(core/common/a.h "#include \"core/catalog/catalog.h\"")
expect_flagged(core/routing/a.h "#include \"core/relay/downstream.h\"")
expect_flagged(core/quota/a.cpp "#include \"core/keys/key_ring.h\"")
expect_flagged(core/gateway/a.cpp "#include \"core/settings/settings.h\"")
expect_flagged(core/relay/a.cpp "#include \"core/store/store.h\"")
expect_flagged(core/relay/a.cpp "#include \"ui/shell/window.h\"")
expect_flagged(core/relay/a.cpp "#include \"app/cli/main.h\"")
expect_flagged(core/relay/a.cpp "#include \"tests/support/manual_clock.h\"")
expect_flagged(core/unheard_of/a.cpp "#include \"core/relay/downstream.h\"")
expect_flagged(core/store/a.cpp "#include \"core/relay/session.h\"")
expect_flagged(ui/pages/a.cpp "#include \"core/relay/downstream.h\"")
expect_flagged(ui/pages/a.cpp "#include \"app/desktop/main.h\"")
expect_flagged(app/cli/a.cpp "#include \"ui/shell/window.h\"")
# ways around the table
expect_flagged(core/relay/a.cpp "#include \"../store/store.h\"")
expect_flagged(core/relay/a.cpp "#include \"store/store.h\"")
expect_flagged(core/relay/a.cpp "#include <core/store/store.h>")
expect_flagged(core/relay/a.cpp "  #  include \"core/store/store.h\"")
# libraries
expect_flagged(core/relay/a.cpp "#include <QWidget>")
expect_flagged(core/relay/a.cpp "#include <QtWidgets/QLabel>")
expect_flagged(app/cli/a.cpp "#include <QApplication>")
expect_flagged(core/services/a.cpp "#include <QAbstractHttpServer>")
expect_flagged(core/gateway/a.h "#include <QtHttpServer/QAbstractHttpServer>")
expect_flagged(ui/pages/a.cpp "#include <qt6keychain/keychain.h>")
expect_flagged(core/quota/a.cpp "#include <sqlite3.h>")
expect_flagged(core/quota/a.cpp "#include <yaml-cpp/yaml.h>")
expect_flagged(core/relay/a.cpp "#include <curl/curl.h>")
expect_flagged(core/quota/a.cpp "#include <simdjson.h>")
# names that leak
expect_flagged(core/relay/a.h "using namespace Qt::Literals::StringLiterals;")
# calls that may block
expect_flagged(core/relay/a.cpp "    QThread::msleep(5);")
expect_flagged(ui/pages/a.cpp "    QCoreApplication::processEvents();")
expect_flagged(core/relay/a.cpp "    invoke(this, Qt::BlockingQueuedConnection);")
# size
string(REPEAT "int x;\n" 601 long)
expect_flagged(core/relay/a.cpp "${long}")
expect_flagged(tests/unit/a.cpp "${long}")

# two users of the HTTP server
file(REMOVE_RECURSE "${WORK}")
file(WRITE "${WORK}/core/gateway/a.cpp" "#include <QAbstractHttpServer>\n")
file(WRITE "${WORK}/core/gateway/b.cpp" "#include <QHttpServerRequest>\n")
execute_process(COMMAND "${CMAKE_COMMAND}" "-DROOT=${WORK}" -P "${CHECK}"
    RESULT_VARIABLE status OUTPUT_QUIET ERROR_QUIET)
if(status EQUAL 0)
    message(SEND_ERROR "not flagged: two files that include QtHttpServer")
endif()

# what must pass
expect_clean(core/common/a.h "#include \"core/common/result.h\"")
expect_clean(core/common/a.cpp "#include \"a.h\"")
expect_clean(core/relay/a.cpp "#include \"core/upstream/http_client.h\"")
expect_clean(core/gateway/a.cpp "#include <QAbstractHttpServer>")
expect_clean(core/services/a.cpp "#include \"core/gateway/http_types.h\"")
expect_clean(core/store/a.cpp "#include \"core/relay/records.h\"")
expect_clean(core/settings/a.cpp "#include <yaml-cpp/yaml.h>")
expect_clean(ui/pages/a.cpp "#include \"core/interfaces/gateway_control.h\"")
expect_clean(core/relay/a.cpp "using namespace Qt::Literals::StringLiterals;")
expect_clean(app/desktop/a.cpp "#include <QApplication>")
expect_clean(core/relay/a.cpp "/// never sleep(1), never processEvents()")
string(REPEAT "int x;\n" 599 short)
expect_clean(core/relay/a.cpp "${short}")
file(REMOVE_RECURSE "${WORK}")
