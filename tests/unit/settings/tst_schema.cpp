#include "core/settings/near_names.h"
#include "core/settings/schema.h"

#include <QFile>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace freerelay::settings;
using freerelay::common::ErrorKind;

class TestSchema final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everySettingIsDocumentedWithItsDefault()
    {
        QFile file(QFINDTESTDATA("../../../docs/settings.md"));
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QString text = QString::fromUtf8(file.readAll());
        for (const FieldInfo &field : describeFields()) {
            const QString value = field.defaultValue.isEmpty()
                ? u"–"_s
                : QString(u'`' % field.defaultValue % u'`');
            const QString row = u"| `%1` | %2 |"_s.arg(field.path, value);
            QVERIFY2(text.contains(row), qPrintable(row));
        }
    }

    void everyDefaultIsAcceptedAndShownAsItWasWritten()
    {
        for (const FieldInfo &field : describeFields()) {
            if (field.isList || field.defaultValue.isEmpty() || field.path.contains(u'<')) {
                continue;
            }
            Settings settings;
            QVERIFY2(
                applyField(settings, field.path, FieldValue::scalar(field.defaultValue)),
                qPrintable(field.path));
            QCOMPARE(settings, Settings());
            QCOMPARE(fieldText(settings, field.path), field.defaultValue);
        }
    }

    void everySettingCanStandInTheFile()
    {
        for (const FieldInfo &info : describeFields()) {
            if (info.path.contains(u'<')) {
                continue; // the user names a part of it
            }
            for (QString group = info.path.section(u'.', 0, -2); !group.isEmpty();
                 group = group.section(u'.', 0, -2)) {
                QVERIFY2(kindOf(group) == PathKind::Group, qPrintable(group));
            }
            QVERIFY2(kindOf(info.path) != PathKind::Unknown, qPrintable(info.path));
        }
    }

    void refusesValuesOutOfRange_data()
    {
        QTest::addColumn<QString>("path");
        QTest::addColumn<QString>("value");
        QTest::newRow("port too large") << u"port"_s << u"65536"_s;
        QTest::newRow("port negative") << u"port"_s << u"-1"_s;
        QTest::newRow("port text") << u"port"_s << u"http"_s;
        QTest::newRow("port fraction") << u"port"_s << u"80.5"_s;
        QTest::newRow("port huge") << u"port"_s << u"4294967376"_s;
        QTest::newRow("mode") << u"mode"_s << u"cheap"_s;
        QTest::newRow("switch") << u"same_user_only"_s << u"yes"_s;
        QTest::newRow("attempts") << u"max_attempts"_s << u"0"_s;
        QTest::newRow("deadline") << u"request_deadline"_s << u"10 ms"_s;
        QTest::newRow("log level") << u"log_level"_s << u"loud"_s;
        QTest::newRow("peer") << u"unknown_peer"_s << u"maybe"_s;
        QTest::newRow("body") << u"limits.max_body_bytes"_s << u"2 GiB"_s;
        QTest::newRow("days") << u"records.keep_days"_s << u"0"_s;
        QTest::newRow("hours of texts") << u"records.keep_texts_hours"_s << u"169"_s;
        QTest::newRow("share of providers") << u"brownout.enter_share"_s << u"0"_s;
        QTest::newRow("share of errors") << u"brownout.leave_errors"_s << u"101"_s;
        QTest::newRow("calm") << u"brownout.calm"_s << u"2 h"_s;
        QTest::newRow("record size") << u"records.max_bytes"_s << u"1 MiB"_s;
        QTest::newRow("collector") << u"telemetry.otlp_endpoint"_s << u"127.0.0.1:4318"_s;
        QTest::newRow("collector with a key")
            << u"telemetry.otlp_endpoint"_s << u"https://me:key@collector.example"_s;
        QTest::newRow("folder of tools") << u"cli_runs.folder"_s << u"work"_s;
        QTest::newRow("tools at a time") << u"cli_runs.max"_s << u"0"_s;
        QTest::newRow("base URL") << u"providers.groq.base_url"_s << u"ftp://x"_s;
        QTest::newRow("extra") << u"providers.cloudflare.extra.account_id"_s << u"../x"_s;
    }

    void refusesValuesOutOfRange()
    {
        QFETCH(QString, path);
        QFETCH(QString, value);
        Settings settings;
        const auto applied = applyField(settings, path, FieldValue::scalar(value));
        QVERIFY(!applied);
        QCOMPARE(applied.error().kind, ErrorKind::InvalidArgument);
        QCOMPARE(applied.error().param, path);
        QCOMPARE(settings, Settings());
    }

    void neverRepeatsAnAddressThatHoldsAPassword()
    {
        Settings settings;
        const auto applied = applyField(
            settings,
            u"providers.groq.base_url"_s,
            FieldValue::scalar(u"https://me:hunter2@x.example"_s));
        QVERIFY(!applied);
        QVERIFY(!applied.error().message.contains("hunter2"_L1));
    }

    void setsFieldsOfProviders()
    {
        Settings settings;
        QVERIFY(applyField(
            settings,
            u"providers.groq.base_url"_s,
            FieldValue::scalar(u"http://127.0.0.1:9/v1/"_s)));
        QVERIFY(applyField(settings, u"providers.groq.enabled"_s, FieldValue::scalar(u"false"_s)));
        QVERIFY(applyField(
            settings, u"providers.cloudflare.extra.account_id"_s, FieldValue::scalar(u"abc123"_s)));
        QCOMPARE(settings.provider("groq").baseUrl, "http://127.0.0.1:9/v1"_ba);
        QVERIFY(!settings.provider("groq").enabled);
        QCOMPARE(settings.provider("cloudflare").extra.value("account_id"), "abc123"_ba);
        QCOMPARE(fieldText(settings, u"providers.cloudflare.extra.account_id"_s), u"abc123"_s);
    }

    void namesNearSettingsForAnUnknownOne()
    {
        Settings settings;
        const auto top = applyField(settings, u"prot"_s, FieldValue::scalar(u"1"_s));
        QCOMPARE(top.error().kind, ErrorKind::NotFound);
        QVERIFY(top.error().message.contains(u"“port”"_s));
        QVERIFY(unknownSetting(u"limits.head_timeot"_s).contains(u"“head_timeout”"_s));
        QVERIFY(unknownSetting(u"providers.groq.base_ur"_s).contains(u"“base_url”"_s));
        QVERIFY(!unknownSetting(u"colour"_s).contains("mean"_L1));
    }

    void distinguishesGroupsListsAndScalars()
    {
        QCOMPARE(kindOf(QString()), PathKind::Group);
        QCOMPARE(kindOf(u"limits"_s), PathKind::Group);
        QCOMPARE(kindOf(u"telemetry"_s), PathKind::Group);
        QCOMPARE(kindOf(u"providers.groq"_s), PathKind::Group);
        QCOMPARE(kindOf(u"providers.groq.extra"_s), PathKind::Group);
        QCOMPARE(kindOf(u"providers.groq.extra.account_id"_s), PathKind::Scalar);
        QCOMPARE(kindOf(u"allowed_hosts"_s), PathKind::List);
        QCOMPARE(kindOf(u"providers.Groq"_s), PathKind::Unknown);
        QCOMPARE(kindOf(u"providers.groq.enabled.more"_s), PathKind::Unknown);
    }

    void bodiesMustFitIntoTheBuffer()
    {
        Settings settings;
        settings.limits.maxBufferedBytes = settings.limits.maxBodyBytes;
        QVERIFY(checkTogether(settings));
        settings.limits.maxBufferedBytes -= 1;
        QCOMPARE(checkTogether(settings).error().param, u"limits.max_buffered_bytes"_s);
    }

    void warnsAboutProvidersThatDoNotExist()
    {
        Settings settings;
        settings.providers.insert("gorq", {});
        settings.providers.insert("groq", {});
        const QStringList warnings = unknownProviders(settings, {"groq"_ba, "mistral"_ba});
        QCOMPARE(warnings.size(), 1);
        QVERIFY(warnings.first().contains(u"“groq”"_s));
    }

    void nearNamesAreOrderedAndFew()
    {
        QCOMPARE(nearNames(u"hostss"_s, {u"host"_s, u"port"_s, u"hosts"_s}).first(), u"hosts"_s);
        QVERIFY(nearNames(u"abc"_s, {u"xyz"_s}).isEmpty());
        QCOMPARE(nearNames(u"aa"_s, {u"ab"_s, u"ac"_s, u"ad"_s, u"ae"_s}).size(), 3);
    }
};

QTEST_GUILESS_MAIN(TestSchema)
#include "tst_schema.moc"
