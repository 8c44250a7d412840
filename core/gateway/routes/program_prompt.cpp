#include "program_prompt.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QStringList>

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

} // namespace

Result<QByteArray> programPrompt(const QByteArray &body)
{
    const QJsonArray messages
        = QJsonDocument::fromJson(body).object().value("messages"_L1).toArray();
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
    return texts.join(u"\n\n"_s).toUtf8();
}

} // namespace freerelay::gateway
