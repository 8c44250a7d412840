#include "discovery.h"

#include "core/catalog/model_task.h"
#include "core/catalog/name_rules.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSet>

#include <algorithm>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::catalog {

namespace {

constexpr qsizetype mostBytes = 8 * 1024 * 1024;
constexpr qsizetype mostRows = 5'000;
constexpr qsizetype longestName = 256;

std::optional<QJsonArray> rowsOf(const QJsonDocument &document)
{
    if (document.isArray()) {
        return document.array();
    }
    const QJsonObject root = document.object();
    for (const QLatin1StringView key : {"data"_L1, "models"_L1, "result"_L1}) {
        const QJsonValue value = root.value(key);
        if (value.isArray()) {
            return value.toArray();
        }
        if (value.isNull() && root.contains(key)) {
            return QJsonArray(); // Ollama says null when it has no model
        }
    }
    return std::nullopt;
}

/// Whether a list in a row names `word`; a row without such a list says nothing against it.
bool allows(const QJsonObject &row, QLatin1StringView key, QLatin1StringView word)
{
    const QJsonValue value = row.value(key);
    return !value.isArray() || value.toArray().contains(QJsonValue(word));
}

bool isChatRow(const QJsonObject &row)
{
    static const QSet<QString> otherTypes{
        u"embedding"_s,
        u"embeddings"_s,
        u"image"_s,
        u"audio"_s,
        u"video"_s,
        u"rerank"_s,
        u"moderation"_s,
        u"tts"_s,
        u"transcribe"_s,
        u"speech"_s};
    const QString task = row.value("task"_L1).toObject().value("name"_L1).toString();
    return !otherTypes.contains(row.value("type"_L1).toString().toLower())
        && (task.isEmpty() || task.compare("Text Generation"_L1, Qt::CaseInsensitive) == 0)
        && allows(row, "supportedGenerationMethods"_L1, "generateContent"_L1)
        && allows(row, "endpoints"_L1, "chat"_L1)
        && allows(row, "supported_output_modalities"_L1, "text"_L1);
}

QByteArray nameOf(const QJsonValue &row, bool preferName)
{
    if (row.isString()) {
        return row.toString().toUtf8();
    }
    const QJsonObject object = row.toObject();
    const QString id = object.value("id"_L1).toString();
    const QString name = object.value("name"_L1).toString();
    QByteArray chosen = (preferName || id.isEmpty() ? name : id).toUtf8();
    if (chosen.startsWith("models/")) {
        chosen.remove(0, 7);
    }
    return chosen;
}

/// A chat model, or by its name one of the others that requests are relayed to.
bool isOfUse(const QJsonObject &row, const QByteArray &name)
{
    const Task beside = looksLikeChatModel(name) ? Task::Other : taskBesideChat(name);
    return beside != Task::Other || isChatRow(row);
}

bool isUsable(const QByteArray &name)
{
    return !name.isEmpty() && name.size() <= longestName
        && std::all_of(name.begin(), name.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

} // namespace

common::Result<std::vector<QByteArray>>
parseModelList(const Provider &provider, QByteArrayView bytes)
{
    const QString who = QString::fromUtf8(provider.name);
    if (bytes.size() > mostBytes) {
        return common::failure(
            common::ErrorKind::TooLarge, u"The model list of %1 is too large."_s.arg(who));
    }
    const QJsonDocument document = QJsonDocument::fromJson(
        QByteArray::fromRawData(bytes.data(), bytes.size()));
    const std::optional<QJsonArray> rows = rowsOf(document);
    if (!rows) {
        return common::failure(
            common::ErrorKind::ProtocolError,
            u"%1 answered with something else than a model list."_s.arg(who));
    }
    // Cloudflare's ids are UUIDs; what a request takes is the name.
    const bool preferName = document.object().value("result"_L1).isArray();
    std::vector<QByteArray> names;
    QSet<QByteArray> seen;
    for (qsizetype i = 0; i < std::min<qsizetype>(rows->size(), mostRows); ++i) {
        const QJsonValue row = rows->at(i);
        const QByteArray name = nameOf(row, preferName);
        if (isUsable(name) && isOfUse(row.toObject(), name) && !seen.contains(name)) {
            seen.insert(name);
            names.push_back(name);
        }
    }
    return names;
}

} // namespace freerelay::catalog
