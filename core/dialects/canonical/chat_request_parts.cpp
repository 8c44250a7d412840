#include "chat_request_parts.h"

#include <algorithm>

namespace freerelay::dialects {

using namespace Qt::Literals::StringLiterals;

namespace {

/// More names would make the header of the answer too long to read.
constexpr qsizetype maxIgnored = 20;
constexpr qsizetype maxIgnoredBytes = 100;

QByteArray addressOf(const MediaBlock &media)
{
    return media.url.isEmpty() ? "data:" + media.mediaType + ";base64," + media.base64 : media.url;
}

/// OpenAI's word for a format: "wav", "mp3".
QByteArray audioFormat(const QByteArray &mediaType)
{
    const QByteArray subtype = mediaType.mid(mediaType.indexOf('/') + 1);
    if (subtype == "mpeg") {
        return "mp3";
    }
    return subtype == "x-wav" ? "wav" : subtype;
}

} // namespace

common::Error invalidParameter(const QString &param, const QString &message)
{
    return {common::ErrorKind::InvalidArgument, param + u": "_s + message, {}, param, {}};
}

QByteArray indexed(const QByteArray &path, int index)
{
    return path + '[' + QByteArray::number(index) + ']';
}

void addIgnored(QByteArrayList &ignored, const QByteArray &what)
{
    if (ignored.size() >= maxIgnored) {
        return;
    }
    QByteArray plain = what.left(maxIgnoredBytes);
    std::replace_if(
        plain.begin(), plain.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
    ignored.append(plain);
}

void writeMediaMembers(JsonWriter &json, const MediaBlock &media)
{
    switch (media.kind) {
    case MediaKind::Image:
        json.word("type", "image_url").key("image_url").beginObject();
        json.member("url", addressOf(media)).endObject();
        break;
    case MediaKind::Audio:
        json.word("type", "input_audio").key("input_audio").beginObject();
        json.member("data", media.base64).member("format", audioFormat(media.mediaType));
        json.endObject();
        break;
    case MediaKind::Document:
        json.word("type", "file").key("file").beginObject();
        json.member(
            "filename", media.fileName.isEmpty() ? QByteArray("document.pdf") : media.fileName);
        json.member("file_data", addressOf(media)).endObject();
        break;
    }
}

} // namespace freerelay::dialects
