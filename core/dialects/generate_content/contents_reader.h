#pragma once

#include "core/common/error.h"
#include "core/dialects/json_value.h"
#include "core/dialects/json_writer.h"

#include <QByteArray>
#include <QByteArrayList>

#include <optional>
#include <vector>

namespace freerelay::dialects {

/// Writes `contents` of Google's generateContent API as messages of OpenAI chat.
///
/// Most clients give calls no id there: they are numbered, and a result belongs to the first call
/// of its name that has none yet. Results come before what else their turn says. A thought
/// signature travels with its call, or as the turn's `reasoning_details`, so that Google gets it
/// back; thoughts themselves are left out, as Google does. One object per request.
class ContentsReader
{
public:
    /// Both outlive the reader.
    ContentsReader(JsonWriter &json, QByteArrayList &ignored)
        : m_json(json)
        , m_ignored(ignored)
    { }

    /// A string, or a content whose text is taken.
    void writeSystem(const JsonValue &instruction);
    /// @return InvalidArgument that names the part which nobody else could read
    [[nodiscard]] std::optional<common::Error> writeContents(const JsonValue &contents);

private:
    using MaybeError = std::optional<common::Error>;
    struct Part;
    /// Where a content stands; spelled out only when something is amiss there.
    struct Place
    {
        const char *name;
        int index = -1; ///< in a list; -1 = in none
        const Part *holder = nullptr;
        [[nodiscard]] QByteArray path() const;
    };
    struct OpenCall
    {
        QByteArray id;
        QByteArray name;
    };

    [[nodiscard]] MaybeError writeContent(const JsonValue &content, const Place &place);
    [[nodiscard]] MaybeError writeUser(const std::vector<Part> &parts);
    void writeModel(const std::vector<Part> &parts);
    void writeSignature(const std::vector<Part> &parts);
    void writeCall(const Part &part);
    [[nodiscard]] MaybeError writeResult(const Part &part);
    [[nodiscard]] MaybeError writeParts(const std::vector<const Part *> &parts);
    [[nodiscard]] MaybeError writeMedia(const Part &part);
    [[nodiscard]] MaybeError writeData(const Part &part);
    [[nodiscard]] MaybeError writeFile(const Part &part);
    [[nodiscard]] QByteArray nextId();
    [[nodiscard]] QByteArray answeredCall(const JsonValue &id, const QByteArray &name);
    void ignore(const Part &part);

    JsonWriter &m_json;
    QByteArrayList &m_ignored;
    std::vector<OpenCall> m_open; ///< calls without a result, in order
    int m_calls = 0;
};

} // namespace freerelay::dialects
