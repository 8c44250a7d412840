#include "variables_text.h"

namespace freerelay::connect {

namespace {

using common::Result;

/// Where the last line of a variable stands. Offsets are bytes.
struct Line
{
    qsizetype begin = 0;
    qsizetype value = 0;
    qsizetype valueEnd = 0;
    qsizetype end = 0; ///< behind the line end
};

/// Where the value of `name` begins in a line; -1 when it is not set there.
qsizetype valueIn(const QByteArray &line, const QByteArray &name)
{
    const QByteArray content = line.trimmed();
    const QByteArray rest = content.startsWith("export ") ? content.mid(7).trimmed() : content;
    if (!rest.startsWith(QByteArray(name + '='))) {
        return -1;
    }
    return line.indexOf('=') + 1;
}

std::optional<Line> find(const QByteArray &document, const QByteArray &name)
{
    std::optional<Line> found;
    for (qsizetype begin = 0; begin < document.size();) {
        const qsizetype newline = document.indexOf('\n', begin);
        const qsizetype end = newline < 0 ? document.size() : newline + 1;
        const QByteArray line = document.mid(begin, end - begin);
        if (const qsizetype value = valueIn(line, name); value >= 0) {
            qsizetype valueEnd = end;
            while (valueEnd > begin + value
                   && QByteArrayView("\r\n").contains(document[valueEnd - 1])) {
                --valueEnd;
            }
            found = Line{begin, begin + value, valueEnd, end};
        }
        begin = end;
    }
    return found;
}

} // namespace

Result<std::optional<QByteArray>> readVariable(const QByteArray &document, const QString &name)
{
    const auto line = find(document, name.toUtf8());
    return line ? std::optional(document.mid(line->value, line->valueEnd - line->value))
                : std::nullopt;
}

Result<QByteArray>
writeVariable(const QByteArray &document, const QString &name, const QByteArray &value)
{
    QByteArray text = document;
    if (const auto line = find(document, name.toUtf8())) {
        return text.replace(line->value, line->valueEnd - line->value, value);
    }
    const QByteArray lineEnd = lineEndOf(document);
    if (!text.isEmpty() && !text.endsWith('\n')) {
        text += lineEnd;
    }
    return text + name.toUtf8() + '=' + value + lineEnd;
}

Result<QByteArray> removeVariable(const QByteArray &document, const QString &name)
{
    QByteArray text = document;
    if (const auto line = find(document, name.toUtf8())) {
        text.remove(line->begin, line->end - line->begin);
    }
    return text;
}

} // namespace freerelay::connect
