#pragma once

#include "core/common/error.h"
#include "core/dialects/canonical/canonical_content.h"
#include "core/dialects/json_value.h"
#include "core/dialects/json_writer.h"

#include <QByteArray>
#include <QByteArrayList>
#include <QByteArrayView>
#include <QString>

namespace freerelay::dialects {

/// What the readers of client dialects share when they say a request in OpenAI chat's form.

/// A member that is written under another name, or as it is.
struct Renamed
{
    QByteArrayView from;
    QByteArrayView to;
};

/// InvalidArgument that names the parameter, in `param` and in the sentence.
[[nodiscard]] common::Error invalidParameter(const QString &param, const QString &message);

/// "messages[3]".
[[nodiscard]] QByteArray indexed(const QByteArray &path, int index);

/// Names something that is left out, for ClientRequest::ignored. The client wrote it and it goes
/// into a header: it is made short and printable, and after twenty no more are named.
void addIgnored(QByteArrayList &ignored, const QByteArray &what);

/// The members of a content part, into an object that is open: "image_url", "input_audio" or
/// "file", by the kind.
void writeMediaMembers(JsonWriter &json, const MediaBlock &media);

/// The content of a message. One text alone is written as a string: not every provider takes a
/// list.
/// @param parts  JsonValues
/// @param isText  of a part: its member `text` is all that it says
/// @param writePart  writes any part, as an object
template <typename Parts, typename IsText, typename WritePart>
void writeContentParts(JsonWriter &json, const Parts &parts, IsText isText, WritePart writePart)
{
    if (parts.empty()) {
        json.string("");
        return;
    }
    if (parts.size() == 1 && isText(parts.front())) {
        const JsonValue text = parts.front()["text"];
        json.raw(text.isString() ? text.text() : "\"\"");
        return;
    }
    json.beginArray();
    for (const JsonValue &part : parts) {
        writePart(part);
    }
    json.endArray();
}

} // namespace freerelay::dialects
