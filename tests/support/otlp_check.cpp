#include "otlp_check.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QRegularExpression>
#include <QSet>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::tests {

namespace {

class Reader
{
public:
    explicit Reader(OtlpTraces &out)
        : m_out(out)
    { }

    void read(const QByteArray &body, const QStringList &remoteParents)
    {
        QJsonParseError error;
        const QJsonDocument document = QJsonDocument::fromJson(body, &error);
        if (!document.isObject()) {
            complain(u"not a JSON object: "_s + error.errorString());
            return;
        }
        const QJsonObject top = document.object();
        allow(top, {u"resourceSpans"_s}, u"request"_s);
        for (const QJsonValue &value : list(top, u"resourceSpans"_s)) {
            resourceSpans(value.toObject());
        }
        checkParents(remoteParents);
    }

    [[nodiscard]] QJsonObject attributes(const QJsonValue &values, const QString &where)
    {
        QJsonObject result;
        for (const QJsonValue &one : values.toArray()) {
            const QJsonObject pair = one.toObject();
            allow(pair, {u"key"_s, u"value"_s}, where);
            const QString key = pair.value("key"_L1).toString();
            require(!key.isEmpty() && !result.contains(key), where + u": key "_s + key);
            result.insert(key, anyValue(pair.value("value"_L1).toObject(), where + u'.' + key));
        }
        return result;
    }

private:
    void complain(const QString &what) { m_out.problems << what; }
    void require(bool holds, const QString &what)
    {
        if (!holds) {
            complain(what);
        }
    }
    void allow(const QJsonObject &object, const QSet<QString> &names, const QString &where)
    {
        for (const QString &name : object.keys()) {
            require(names.contains(name), where + u": unknown field "_s + name);
        }
    }
    QJsonArray list(const QJsonObject &object, const QString &name)
    {
        require(
            object.value(name).isArray() && !object.value(name).toArray().isEmpty(),
            name + u": not a list, or empty"_s);
        return object.value(name).toArray();
    }

    QJsonValue anyValue(const QJsonObject &value, const QString &where)
    {
        static const QRegularExpression decimal(u"^-?\\d+$"_s);
        require(value.size() == 1, where + u": not exactly one value"_s);
        const QString kind = value.keys().value(0);
        const QJsonValue inner = value.value(kind);
        if (kind == "stringValue"_L1) {
            require(inner.isString(), where + u": no string"_s);
            return inner;
        }
        if (kind == "intValue"_L1) {
            require(
                inner.isString() && decimal.match(inner.toString()).hasMatch(),
                where + u": no integer in a string"_s);
            return qint64(inner.toString().toLongLong());
        }
        if (kind == "boolValue"_L1) {
            require(inner.isBool(), where + u": no boolean"_s);
            return inner;
        }
        if (kind == "doubleValue"_L1) {
            require(inner.isDouble(), where + u": no number"_s);
            return inner;
        }
        require(kind == "arrayValue"_L1, where + u": unknown kind of value "_s + kind);
        QJsonArray values;
        for (const QJsonValue &one : inner.toObject().value("values"_L1).toArray()) {
            const QJsonObject scalar = one.toObject();
            require(
                scalar.size() == 1 && scalar.value("stringValue"_L1).isString(),
                where + u": only lists of strings are expected"_s);
            values.append(scalar.value("stringValue"_L1));
        }
        return values;
    }

    void resourceSpans(const QJsonObject &object)
    {
        allow(object, {u"resource"_s, u"scopeSpans"_s, u"schemaUrl"_s}, u"resourceSpans"_s);
        const QJsonObject resource = object.value("resource"_L1).toObject();
        allow(resource, {u"attributes"_s}, u"resource"_s);
        m_out.resource = attributes(resource.value("attributes"_L1), u"resource"_s);
        for (const QJsonValue &value : list(object, u"scopeSpans"_s)) {
            const QJsonObject scopeSpans = value.toObject();
            allow(scopeSpans, {u"scope"_s, u"spans"_s, u"schemaUrl"_s}, u"scopeSpans"_s);
            allow(scopeSpans.value("scope"_L1).toObject(), {u"name"_s, u"version"_s}, u"scope"_s);
            for (const QJsonValue &one : list(scopeSpans, u"spans"_s)) {
                span(one.toObject());
            }
        }
    }

    void checkId(const QJsonObject &span, const QString &name, int bytes, bool mayBeAbsent)
    {
        if (!span.contains(name)) {
            require(mayBeAbsent, name + u" is missing"_s);
            return;
        }
        const QString id = span.value(name).toString();
        static const QRegularExpression hex(u"^[0-9a-f]+$"_s);
        require(
            id.size() == 2 * bytes && hex.match(id).hasMatch() && id.count(u'0') < id.size(),
            name + u": no id: "_s + id);
    }

    quint64 time(const QJsonObject &span, const QString &name)
    {
        static const QRegularExpression decimal(u"^\\d{18,20}$"_s);
        const QJsonValue value = span.value(name);
        require(
            value.isString() && decimal.match(value.toString()).hasMatch(),
            name + u": no nanoseconds in a string"_s);
        return value.toString().toULongLong();
    }

    void span(const QJsonObject &span)
    {
        constexpr int traceIdBytes = 16;
        constexpr int spanIdBytes = 8;
        const QString name = span.value("name"_L1).toString();
        allow(
            span,
            {u"traceId"_s,
             u"spanId"_s,
             u"parentSpanId"_s,
             u"traceState"_s,
             u"flags"_s,
             u"name"_s,
             u"kind"_s,
             u"startTimeUnixNano"_s,
             u"endTimeUnixNano"_s,
             u"attributes"_s,
             u"status"_s},
            name);
        require(!name.isEmpty(), u"a span has no name"_s);
        checkId(span, u"traceId"_s, traceIdBytes, false);
        checkId(span, u"spanId"_s, spanIdBytes, false);
        checkId(span, u"parentSpanId"_s, spanIdBytes, true);
        const QJsonValue kind = span.value("kind"_L1);
        require(kind.isDouble() && kind.toInt() >= 1 && kind.toInt() <= 5, name + u": kind"_s);
        require(span.value("flags"_L1).isDouble(), name + u": flags"_s);
        require(
            time(span, u"startTimeUnixNano"_s) <= time(span, u"endTimeUnixNano"_s),
            name + u" ends before it starts"_s);
        require(!m_ids.contains(span.value("spanId"_L1).toString()), name + u": id used twice"_s);
        m_ids.insert(span.value("spanId"_L1).toString());
        const QJsonObject status = span.value("status"_L1).toObject();
        allow(status, {u"code"_s, u"message"_s}, name + u".status"_s);
        require(status.isEmpty() || status.value("code"_L1).isDouble(), name + u": status code"_s);
        static_cast<void>(attributes(span.value("attributes"_L1), name));
        m_out.spans.push_back(span);
    }

    void checkParents(const QStringList &remoteParents)
    {
        for (const QJsonObject &span : m_out.spans) {
            const QString parent = span.value("parentSpanId"_L1).toString();
            require(
                parent.isEmpty() || m_ids.contains(parent) || remoteParents.contains(parent),
                span.value("name"_L1).toString() + u": unknown parent "_s + parent);
        }
    }

    OtlpTraces &m_out;
    QSet<QString> m_ids;
};

} // namespace

QJsonObject OtlpTraces::span(const QString &name) const
{
    for (const QJsonObject &one : spans) {
        if (one.value("name"_L1).toString() == name) {
            return one;
        }
    }
    return {};
}

QJsonObject OtlpTraces::attributes(const QString &name) const
{
    OtlpTraces scratch;
    return Reader(scratch).attributes(span(name).value("attributes"_L1), name);
}

OtlpTraces readOtlpTraces(const QByteArray &body, const QStringList &remoteParents)
{
    OtlpTraces traces;
    Reader(traces).read(body, remoteParents);
    return traces;
}

} // namespace freerelay::tests
