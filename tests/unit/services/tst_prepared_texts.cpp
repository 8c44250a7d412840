#include "core/services/history/prepared_texts.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

using namespace freerelay;
using namespace freerelay::services;
using namespace Qt::Literals::StringLiterals;
using relay::RequestTexts;

namespace {

RequestTexts textsWith(const QList<QByteArray> &pieces, bool stream, bool isCut = false)
{
    auto answer = std::make_shared<RequestTexts::Answer>();
    answer->stream = stream;
    for (const QByteArray &piece : pieces) {
        answer->add(piece);
    }
    answer->isCut = answer->isCut || isCut;
    return {"req_1"_ba, {}, "{}"_ba, false, std::move(answer)};
}

QByteArray eventOf(const QJsonObject &object)
{
    return "data: " + QJsonDocument(object).toJson(QJsonDocument::Compact) + "\n\n";
}

/// An event with a part of a message.
QByteArray delta(const QString &name, const QJsonValue &value)
{
    return eventOf(
        {{u"choices"_s,
          QJsonArray{QJsonObject{{u"index"_s, 0}, {u"delta"_s, QJsonObject{{name, value}}}}}}});
}

QByteArray content(const QString &text)
{
    return delta(u"content"_s, text);
}

/// @param name  "" = only the first part of a call has it
QByteArray toolCall(const QString &name, const QString &arguments)
{
    QJsonObject function{{u"arguments"_s, arguments}};
    if (!name.isEmpty()) {
        function.insert(u"name"_s, name);
    }
    return delta(
        u"tool_calls"_s, QJsonArray{QJsonObject{{u"index"_s, 0}, {u"function"_s, function}}});
}

} // namespace

class TestPreparedTexts final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void putsAStreamTogether()
    {
        const QByteArray split = delta(u"reasoning_content"_s, u"m."_s);
        const QByteArray kept = answerOf(
            {delta(u"role"_s, u"assistant"_s) + delta(u"reasoning_content"_s, u"Hm"_s),
             split.first(20),
             split.sliced(20),
             content(u"Forty"_s) + content(u"-two ✓"_s),
             toolCall(u"add"_s, u"{1"_s),
             toolCall({}, u", 2}"_s),
             "data: [DONE]\n\n"_ba},
            true);
        QCOMPARE(
            QString::fromUtf8(kept),
            u"[reasoning]\nHmm.\n\nForty-two ✓\n\n[tool call: add]\n{1, 2}"_s);
    }

    void tellsTheErrorOfAStream()
    {
        const QByteArray error = eventOf(
            {{u"error"_s, QJsonObject{{u"message"_s, u"It broke off."_s}}}});
        QCOMPARE(
            answerOf({content(u"Forty"_s), error}, true), "Forty\n\n[error]\nIt broke off."_ba);
    }

    void takesTheMessageOutOfAReply()
    {
        const auto choice = [](int index, const QString &text) {
            return QJsonObject{
                {u"index"_s, index}, {u"message"_s, QJsonObject{{u"content"_s, text}}}};
        };
        const QJsonObject reply{
            {u"choices"_s, QJsonArray{choice(0, u"one"_s), choice(1, u"two"_s)}}};
        QCOMPARE(answerOf({QJsonDocument(reply).toJson()}, false), "one\n\ntwo"_ba);
    }

    void keepsOtherRepliesAsTheyAre()
    {
        const QByteArray error = "{\"error\":{\"message\":\"There is no such model.\"}}";
        QCOMPARE(answerOf({error}, false), error);
        QCOMPARE(answerOf({}, false), QByteArray());
    }

    void masksSecretsAcrossEvents()
    {
        m_redactor.setSecrets({common::Secret("PlantedKeyWithoutAnyPrefix"_ba)});
        const QByteArray kept = answerOf(
            {content(u"It is PlantedKey"_s),
             content(u"WithoutAnyPrefix, and gsk_Planted"_s),
             content(u"InTheAnswer0123."_s)},
            true);
        QCOMPARE(kept, "It is [redacted], and [redacted]."_ba);
    }

    void masksSecretsOfThePrompt()
    {
        m_redactor.setSecrets({common::Secret("PlantedKeyWithoutAnyPrefix"_ba)});
        RequestTexts texts = textsWith({"x"_ba}, false);
        texts.prompt = "{\"content\":\"password: hunter2 PlantedKeyWithoutAnyPrefix\"}";
        const auto kept = preparedTexts(texts, m_redactor);
        QCOMPARE(kept.prompt, "{\"content\":\"password: [redacted] [redacted]\"}"_ba);
    }

    void leavesNoHalfOfASecretAtACut()
    {
        m_redactor.setSecrets({common::Secret("PlantedKeyWithoutAnyPrefix"_ba)});
        RequestTexts texts = textsWith({content(u"so PlantedKeyWi"_s)}, true, true);
        texts.prompt = "say PlantedKeyWith";
        texts.promptCut = true;
        const auto kept = preparedTexts(texts, m_redactor);
        QCOMPARE(kept.prompt, "say "_ba);
        QVERIFY(kept.promptCut);
        QCOMPARE(kept.answer, "so "_ba);
        QVERIFY(kept.answerCut);
    }

    void cutsLongAnswersBetweenCharacters()
    {
        const QByteArray half(RequestTexts::maxBytes / 2, 'a');
        const QByteArray said = half + QByteArray(half.size() - 1, 'b') + "é and more";
        const auto kept = preparedTexts(
            textsWith({content(QString::fromUtf8(said))}, true), m_redactor);
        QVERIFY(kept.answerCut);
        QCOMPARE(kept.answer, said.first(RequestTexts::maxBytes - 1));
    }

private:
    [[nodiscard]] QByteArray answerOf(const QList<QByteArray> &pieces, bool stream) const
    {
        return preparedTexts(textsWith(pieces, stream), m_redactor).answer;
    }

    telemetry::Redactor m_redactor;
};

QTEST_APPLESS_MAIN(TestPreparedTexts)
#include "tst_prepared_texts.moc"
