#include "log_record.h"

#include <QDateTime>
#include <QJsonDocument>
#include <QJsonObject>

#include <type_traits>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::telemetry {

namespace {

QDateTime toDateTime(std::chrono::system_clock::time_point time)
{
    const auto since = std::chrono::duration_cast<std::chrono::milliseconds>(
        time.time_since_epoch());
    return QDateTime::fromMSecsSinceEpoch(since.count());
}

/// Written by hand: QJsonObject would sort the names, and a line is read from left to right.
void appendMember(QByteArray &line, const QByteArray &name, const QJsonValue &value)
{
    const QByteArray one = QJsonDocument(QJsonObject{{QString::fromUtf8(name), value}})
                               .toJson(QJsonDocument::Compact);
    line += line.isEmpty() ? '{' : ',';
    line += QByteArrayView(one).sliced(1).chopped(1);
}

QJsonValue toJson(const LogValue &value)
{
    return std::visit(
        [](const auto &one) {
            if constexpr (std::is_same_v<std::decay_t<decltype(one)>, std::int64_t>) {
                return QJsonValue(qint64(one));
            } else {
                return QJsonValue(one);
            }
        },
        value);
}

/// Control characters are spelled out: a line break would forge a line, an escape sequence is
/// obeyed by terminals.
QString oneLine(const QString &text)
{
    QString line;
    line.reserve(text.size());
    for (const QChar c : text) {
        if (c == u'\n') {
            line += "\\n"_L1;
        } else if (
            c.category() == QChar::Other_Control || c == QChar::LineSeparator
            || c == QChar::ParagraphSeparator) {
            line += u"\\u%1"_s.arg(c.unicode(), 4, 16, QChar(u'0'));
        } else {
            line += c;
        }
    }
    return line;
}

QString toText(const LogValue &value)
{
    if (const auto *text = std::get_if<QString>(&value)) {
        const bool plain = !text->isEmpty() && !text->contains(u' ') && !text->contains(u'"');
        return plain ? oneLine(*text) : u"\"%1\""_s.arg(oneLine(*text).replace(u'"', "\\\""_L1));
    }
    return toJson(value).toVariant().toString();
}

} // namespace

QLatin1StringView toString(LogLevel level)
{
    switch (level) {
    case LogLevel::Debug:
        return "debug"_L1;
    case LogLevel::Info:
        return "info"_L1;
    case LogLevel::Warning:
        return "warning"_L1;
    case LogLevel::Error:
        return "error"_L1;
    case LogLevel::Fatal:
        return "fatal"_L1;
    }
    return "info"_L1;
}

QByteArray toJsonLine(const LogRecord &record)
{
    QByteArray line;
    appendMember(line, "time"_ba, toDateTime(record.time).toUTC().toString(Qt::ISODateWithMs));
    appendMember(line, "level"_ba, QString(toString(record.level)));
    appendMember(line, "category"_ba, QString::fromUtf8(record.category));
    appendMember(line, "message"_ba, record.message);
    if (!record.requestId.isEmpty()) {
        appendMember(line, "request_id"_ba, QString::fromUtf8(record.requestId));
    }
    for (const auto &[name, value] : record.fields) {
        appendMember(line, name, toJson(value));
    }
    return line + "}\n";
}

QByteArray toTextLine(const LogRecord &record)
{
    QString line = toDateTime(record.time).toString(Qt::ISODateWithMs) % u' '
        % toString(record.level) % u' ' % QString::fromUtf8(record.category) % ": "_L1
        % oneLine(record.message);
    if (!record.requestId.isEmpty()) {
        line += " request_id="_L1 % QString::fromUtf8(record.requestId);
    }
    for (const auto &[name, value] : record.fields) {
        line += u' ' % QString::fromUtf8(name) % u'=' % toText(value);
    }
    return line.toUtf8() + '\n';
}

} // namespace freerelay::telemetry
