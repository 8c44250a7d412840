#include "dot_env.h"

#include "core/common/private_file.h"

#include <QRegularExpression>

#include <optional>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::keys {

namespace {

constexpr qint64 maxBytes = 256 * 1'024;

bool isName(const QByteArray &text)
{
    static const QRegularExpression pattern(u"^[A-Za-z_][A-Za-z0-9_]{0,127}$"_s);
    return pattern.match(QString::fromLatin1(text)).hasMatch();
}

/// What follows a closing quote may only be a comment.
bool isRest(QByteArrayView text)
{
    const QByteArrayView rest = text.trimmed();
    return rest.isEmpty() || rest.startsWith('#');
}

char unescaped(char c)
{
    switch (c) {
    case 'n':
        return '\n';
    case 'r':
        return '\r';
    case 't':
        return '\t';
    default:
        return c;
    }
}

std::optional<QByteArray> quotedValue(QByteArrayView text)
{
    const char quote = text.front();
    QByteArray value;
    for (qsizetype i = 1; i < text.size(); ++i) {
        if (text[i] == quote) {
            return isRest(text.sliced(i + 1)) ? std::optional(value) : std::nullopt;
        }
        if (text[i] == '\\' && quote == '"' && i + 1 < text.size()) {
            value += unescaped(text[++i]);
        } else {
            value += text[i];
        }
    }
    return std::nullopt;
}

/// The value behind the equals sign; nullopt when its quotes do not match.
std::optional<QByteArray> valueOf(QByteArrayView text)
{
    const QByteArrayView value = text.trimmed();
    if (value.startsWith('"') || value.startsWith('\'')) {
        return quotedValue(value);
    }
    for (qsizetype i = 0; i < value.size(); ++i) {
        const bool afterBlank = i == 0 || value[i - 1] == ' ' || value[i - 1] == '\t';
        if (value[i] == '#' && afterBlank) {
            return value.first(i).trimmed().toByteArray();
        }
    }
    return value.toByteArray();
}

QByteArrayView withoutExport(QByteArrayView line)
{
    constexpr QByteArrayView word = "export";
    const bool exported = line.startsWith(word) && line.size() > word.size()
        && (line[word.size()] == ' ' || line[word.size()] == '\t');
    return exported ? line.sliced(word.size()).trimmed() : line;
}

class Parser
{
public:
    Parser(const QString &fileName, const HonouredName &honoured)
        : m_honoured(honoured)
    {
        m_result.fileName = fileName;
    }

    void addLine(QByteArrayView raw, int number)
    {
        const QByteArrayView line = withoutExport(raw.trimmed());
        if (line.isEmpty() || line.startsWith('#')) {
            return;
        }
        const qsizetype equals = line.indexOf('=');
        const QByteArray name = (equals < 0 ? line : line.first(equals)).trimmed().toByteArray();
        if (equals < 0 || !isName(name)) {
            problem(number, u"this is not a NAME=value line."_s);
            return;
        }
        const bool isMode = name == "FREERELAY_MODE";
        if (!isMode && !m_honoured(name)) {
            m_result.ignored.append(QString::fromLatin1(name));
            return;
        }
        const auto value = valueOf(line.sliced(equals + 1));
        if (!value) {
            problem(number, u"the quotes of %1 do not match."_s.arg(QString::fromLatin1(name)));
        } else if (isMode) {
            m_result.mode = *value;
        } else {
            setKey(name, *value, number);
        }
    }

    DotEnv take() { return std::move(m_result); }

private:
    void setKey(const QByteArray &name, const QByteArray &value, int number)
    {
        if (value.contains("${")) {
            problem(
                number,
                u"%1 refers to a variable, which is not expanded here."_s.arg(
                    QString::fromLatin1(name)));
        } else if (value.isEmpty()) {
            m_result.values.remove(name);
        } else {
            m_result.values.insert(name, common::Secret(value));
        }
    }

    void problem(int line, const QString &sentence)
    {
        m_result.problems.append(u".env:%1: "_s.arg(line) % sentence);
    }

    const HonouredName &m_honoured;
    DotEnv m_result;
};

} // namespace

DotEnv parseDotEnv(const QByteArray &text, const QString &fileName, const HonouredName &honoured)
{
    constexpr QByteArrayView byteOrderMark = "\xef\xbb\xbf";
    Parser parser(fileName, honoured);
    QByteArrayView rest = text;
    if (rest.startsWith(byteOrderMark)) {
        rest = rest.sliced(byteOrderMark.size());
    }
    for (int number = 1; !rest.isEmpty(); ++number) {
        const qsizetype end = rest.indexOf('\n');
        parser.addLine(end < 0 ? rest : rest.first(end), number);
        rest = end < 0 ? QByteArrayView() : rest.sliced(end + 1);
    }
    return parser.take();
}

common::Result<DotEnv> readDotEnv(const QString &fileName, const HonouredName &honoured)
{
    const auto text = common::readTrustedFile(
        fileName, maxBytes, common::FileTrust::OwnNotWritableByOthers);
    if (text) {
        return parseDotEnv(*text, fileName, honoured);
    }
    if (text.error().kind == common::ErrorKind::NotFound) {
        return DotEnv{fileName, {}, {}, {}, {}};
    }
    return common::failure(text.error());
}

} // namespace freerelay::keys
