#pragma once

#include "core/common/error.h"
#include "core/dialects/canonical/canonical_content.h"
#include "core/dialects/json_writer.h"

#include <QByteArray>
#include <QByteArrayList>
#include <QString>

namespace freerelay::dialects {

/// What the readers of client dialects share when they say a request in OpenAI chat's form.

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

} // namespace freerelay::dialects
