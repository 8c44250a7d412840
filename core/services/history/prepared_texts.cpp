#include "prepared_texts.h"

#include "core/dialects/sse_decoder.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <map>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::services {

namespace {

using relay::RequestTexts;

/// What one choice of an answer says.
struct Said
{
    QString reasoning;
    QString content;
    std::map<int, std::pair<QString, QString>> calls; ///< by index: name, arguments

    /// @param part  a message, or a delta of one
    void add(const QJsonObject &part)
    {
        reasoning += part.value("reasoning_content"_L1).toString();
        content += part.value("content"_L1).toString() + part.value("refusal"_L1).toString();
        const QJsonArray parts = part.value("tool_calls"_L1).toArray();
        for (int i = 0; i < int(parts.size()); ++i) {
            const QJsonObject call = parts[i].toObject();
            const QJsonObject function = call.value("function"_L1).toObject();
            auto &[name, arguments] = calls[call.value("index"_L1).toInt(i)];
            name += function.value("name"_L1).toString();
            arguments += function.value("arguments"_L1).toString();
        }
    }

    [[nodiscard]] QString text() const
    {
        QStringList parts;
        if (!reasoning.isEmpty()) {
            parts << u"[reasoning]\n"_s + reasoning;
        }
        if (!content.isEmpty()) {
            parts << content;
        }
        for (const auto &[index, call] : calls) {
            parts << u"[tool call: %1]\n"_s.arg(call.first) + call.second;
        }
        return parts.join(u"\n\n"_s);
    }
};

/// An answer as it comes together.
class AnswerText
{
public:
    /// @return whether this was an object of an answer
    bool add(QByteArrayView json)
    {
        const QJsonObject object = QJsonDocument::fromJson(json.toByteArray()).object();
        const QJsonArray choices = object.value("choices"_L1).toArray();
        for (const QJsonValue &value : choices) {
            const QJsonObject choice = value.toObject();
            Said &said = m_choices[choice.value("index"_L1).toInt()];
            said.add(choice.value("message"_L1).toObject());
            said.add(choice.value("delta"_L1).toObject());
        }
        const QJsonObject error = object.value("error"_L1).toObject();
        if (!error.isEmpty()) {
            m_error = error.value("message"_L1).toString();
        }
        return object.contains("choices"_L1);
    }

    [[nodiscard]] QString text() const
    {
        QStringList parts;
        for (const auto &[index, said] : m_choices) {
            parts << said.text();
        }
        if (!m_error.isEmpty()) {
            parts << u"[error]\n"_s + m_error;
        }
        return parts.join(u"\n\n"_s);
    }

private:
    std::map<int, Said> m_choices;
    QString m_error;
};

QString streamText(const RequestTexts::Answer &answer)
{
    dialects::SseDecoder decoder;
    AnswerText text;
    for (const QByteArray &piece : answer.pieces) {
        decoder.append(piece);
        while (const auto event = decoder.next()) {
            text.add(event->data);
        }
    }
    return text.text();
}

QString wholeText(const RequestTexts::Answer &answer)
{
    const QByteArray body = answer.pieces.empty() ? QByteArray() : answer.pieces.front();
    AnswerText text;
    return text.add(body) ? text.text() : QString::fromUtf8(body);
}

bool isContinuation(char byte)
{
    constexpr unsigned char mask = 0xc0;
    constexpr unsigned char mark = 0x80;
    return (static_cast<unsigned char>(byte) & mask) == mark;
}

/// The first of its bytes, whole characters.
QByteArray cutTo(QByteArray text, qsizetype bytes)
{
    if (text.size() <= bytes) {
        return text;
    }
    while (bytes > 0 && isContinuation(text[bytes])) {
        --bytes;
    }
    text.truncate(bytes);
    return text;
}

/// A cut may have left half a key, which looks like none: what has no end goes.
QByteArray withoutLastWord(QByteArray text)
{
    constexpr qsizetype longest = 512; ///< no key is longer
    qsizetype end = text.size();
    while (end > 0 && text.size() - end<longest &&static_cast<uchar>(text[end - 1])> ' ') {
        --end;
    }
    text.truncate(end);
    return text;
}

} // namespace

store::StoredTexts
preparedTexts(const relay::RequestTexts &texts, const telemetry::Redactor &redactor)
{
    const auto masked = [&redactor](const QByteArray &text, bool isCut) {
        const QByteArray whole = isCut ? withoutLastWord(text) : text;
        return redactor.redact(QString::fromUtf8(whole)).toUtf8();
    };
    const RequestTexts::Answer &answer = *texts.answer;
    const QString said = answer.stream ? streamText(answer) : wholeText(answer);
    store::StoredTexts kept;
    kept.requestId = texts.requestId;
    kept.time = texts.time;
    kept.prompt = cutTo(masked(texts.prompt, texts.promptCut), RequestTexts::maxBytes);
    kept.promptCut = texts.promptCut;
    const QByteArray maskedAnswer = masked(said.toUtf8(), answer.isCut);
    kept.answer = cutTo(maskedAnswer, RequestTexts::maxBytes);
    kept.answerCut = answer.isCut || kept.answer.size() < maskedAnswer.size();
    return kept;
}

} // namespace freerelay::services
