#include "toml_scanner.h"

namespace freerelay::connect {

namespace {

using common::Result;

bool isNameByte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'
        || c == '-';
}

class Scanner
{
public:
    explicit Scanner(const QByteArray &text)
        : m_text(text)
    { }

    Result<std::vector<TomlStatement>> all()
    {
        std::vector<TomlStatement> statements;
        SettingPath table;
        while (skipToStatement()) {
            TomlStatement statement;
            statement.begin = m_text.lastIndexOf('\n', m_at == 0 ? 0 : m_at - 1) + 1;
            const bool good = peek() == '[' ? header(statement) : assignment(statement, table);
            if (!good || !endOfLine(statement)) {
                return notEditable();
            }
            if (statement.kind != TomlStatement::Kind::Value) {
                table = statement.path;
            }
            statements.push_back(std::move(statement));
        }
        return statements;
    }

private:
    [[nodiscard]] char peek(qsizetype ahead = 0) const
    {
        return m_at + ahead < m_text.size() ? m_text[m_at + ahead] : '\0';
    }
    [[nodiscard]] bool startsWith(QByteArrayView what) const
    {
        return QByteArrayView(m_text).sliced(m_at).startsWith(what);
    }

    void skipBlanks()
    {
        while (peek() == ' ' || peek() == '\t') {
            ++m_at;
        }
    }

    void skipComment()
    {
        const qsizetype end = m_text.indexOf('\n', m_at);
        m_at = end < 0 ? m_text.size() : end;
    }

    /// False at the end.
    bool skipToStatement()
    {
        if (m_at == 0 && startsWith("\xef\xbb\xbf")) {
            m_at += 3;
        }
        while (m_at < m_text.size()) {
            const char c = peek();
            if (c == '#') {
                skipComment();
            } else if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
                ++m_at;
            } else {
                return true;
            }
        }
        return false;
    }

    /// Only a comment may follow in the line.
    bool endOfLine(TomlStatement &statement)
    {
        skipBlanks();
        if (peek() == '#') {
            skipComment();
        }
        if (peek() == '\r') {
            ++m_at;
        }
        if (m_at < m_text.size() && peek() != '\n') {
            return false;
        }
        m_at = std::min(m_at + 1, m_text.size());
        statement.end = m_at;
        if (statement.kind != TomlStatement::Kind::Value) {
            statement.value = m_at;
            statement.valueEnd = m_at;
        }
        return true;
    }

    bool header(TomlStatement &statement)
    {
        const qsizetype brackets = startsWith("[[") ? 2 : 1;
        m_at += brackets;
        statement.kind = brackets == 2 ? TomlStatement::Kind::TableOfList
                                       : TomlStatement::Kind::Table;
        if (!names(statement.path) || !startsWith(QByteArrayView("]]").first(brackets))) {
            return false;
        }
        m_at += brackets;
        return true;
    }

    bool assignment(TomlStatement &statement, const SettingPath &table)
    {
        statement.path = table;
        if (!names(statement.path) || peek() != '=') {
            return false;
        }
        ++m_at;
        skipBlanks();
        statement.value = m_at;
        const bool good = value();
        statement.valueEnd = m_at;
        return good && statement.valueEnd > statement.value;
    }

    /// Dotted names, and the blanks around them.
    bool names(SettingPath &path)
    {
        while (true) {
            skipBlanks();
            const qsizetype begin = m_at;
            const bool quoted = peek() == '"' || peek() == '\'';
            if (quoted ? !string() : !bareName()) {
                return false;
            }
            const qsizetype cut = quoted ? 1 : 0;
            path << QString::fromUtf8(m_text.mid(begin + cut, m_at - begin - 2 * cut));
            skipBlanks();
            if (peek() != '.') {
                return true;
            }
            ++m_at;
        }
    }

    bool bareName()
    {
        const qsizetype begin = m_at;
        while (isNameByte(peek())) {
            ++m_at;
        }
        return m_at > begin;
    }

    /// Over a string of any of the four kinds; false when it does not end.
    bool string()
    {
        const char quote = peek();
        const bool isLong = peek(1) == quote && peek(2) == quote;
        const QByteArray mark(isLong ? 3 : 1, quote);
        for (m_at += mark.size(); m_at < m_text.size(); ++m_at) {
            if (quote == '"' && peek() == '\\') {
                ++m_at;
            } else if (startsWith(mark)) {
                m_at += mark.size();
                while (isLong && peek() == quote) {
                    ++m_at; // """"x"""" may end with quotes of its own
                }
                return true;
            } else if (!isLong && peek() == '\n') {
                return false;
            }
        }
        return false;
    }

    /// Over a value: to the end of its line, or of what its brackets hold.
    bool value()
    {
        int depth = 0;
        while (m_at < m_text.size()) {
            const char c = peek();
            if (depth == 0 && (c == '\n' || c == '\r' || c == '#')) {
                break;
            }
            if (c == '"' || c == '\'') {
                if (!string()) {
                    return false;
                }
            } else if (c == '#') {
                skipComment();
            } else {
                depth += depthOf(c);
                ++m_at;
            }
        }
        skipBlanksBack();
        return depth == 0;
    }

    static int depthOf(char c) { return c == '[' || c == '{' ? 1 : c == ']' || c == '}' ? -1 : 0; }

    void skipBlanksBack()
    {
        while (m_at > 0 && (m_text[m_at - 1] == ' ' || m_text[m_at - 1] == '\t')) {
            --m_at;
        }
    }

    const QByteArray &m_text;
    qsizetype m_at = 0;
};

} // namespace

Result<std::vector<TomlStatement>> scanToml(const QByteArray &text)
{
    return Scanner(text).all();
}

} // namespace freerelay::connect
