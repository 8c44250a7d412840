#include "program_prompt.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QStringList>

#include <algorithm>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::gateway {

namespace {

using common::Result;

tl::unexpected<common::Error> wrong(const QString &message)
{
    return common::failure(common::ErrorKind::InvalidArgument, message, u"messages"_s);
}

Result<QString> textOf(const QJsonValue &content)
{
    if (!content.isArray()) {
        return content.toString();
    }
    QStringList parts;
    for (const QJsonValue &part : content.toArray()) {
        if (part["type"_L1] != "text"_L1) {
            return wrong(u"A model that runs a program takes texts only."_s);
        }
        parts << part["text"_L1].toString();
    }
    return parts.join(u'\n');
}

/// Carried by the run itself, or about it alone. `fill_in` asks for the same as the messages.
bool isCarried(const QString &name)
{
    static const QStringList names{
        u"model"_s, u"messages"_s, u"stream"_s, u"stream_options"_s, u"fill_in"_s};
    return names.contains(name);
}

/// Goes into a header.
bool isPlain(const QString &name)
{
    return !name.isEmpty() && std::all_of(name.begin(), name.end(), [](QChar letter) {
        return letter == u'_' || (letter.isLetterOrNumber() && letter.unicode() < 0x80);
    });
}

bool saysSomething(const QJsonValue &value)
{
    return !value.isNull() && !(value.isArray() && value.toArray().isEmpty());
}

QByteArrayList ignoredOf(const QJsonObject &chat)
{
    QByteArrayList ignored;
    for (auto member = chat.begin(); member != chat.end(); ++member) {
        if (!isCarried(member.key()) && isPlain(member.key()) && saysSomething(member.value())) {
            ignored << member.key().toLatin1();
        }
    }
    return ignored;
}

} // namespace

Result<ProgramPrompt> programPrompt(const QByteArray &body)
{
    const QJsonObject chat = QJsonDocument::fromJson(body).object();
    const QJsonArray messages = chat.value("messages"_L1).toArray();
    QStringList texts;
    for (const QJsonValue &message : messages) {
        auto text = textOf(message["content"_L1]);
        if (!text) {
            return common::failure(std::move(text.error()));
        }
        if (text->trimmed().isEmpty()) {
            continue; // an assistant's that only called tools
        }
        texts
            << (messages.size() == 1 ? *text
                                     : u"%1:\n%2"_s.arg(message["role"_L1].toString(), *text));
    }
    if (texts.isEmpty()) {
        return wrong(u"There is nothing to ask in the messages."_s);
    }
    return ProgramPrompt{texts.join(u"\n\n"_s).toUtf8(), ignoredOf(chat)};
}

} // namespace freerelay::gateway
