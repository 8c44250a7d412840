#include "console.h"

#include <QTextStream>

#include <algorithm>
#include <cstdio>
#include <iostream>
#include <string>
#include <termios.h>
#include <unistd.h>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::app {

namespace {

void writeLine(FILE *stream, const QString &line)
{
    const QByteArray bytes = line.toUtf8() + '\n';
    std::fwrite(bytes.constData(), 1, static_cast<std::size_t>(bytes.size()), stream);
    std::fflush(stream);
}

/// Switches the echo of the terminal off as long as it lives.
class EchoOff
{
public:
    EchoOff()
        : m_active(tcgetattr(STDIN_FILENO, &m_before) == 0)
    {
        if (m_active) {
            termios silent = m_before;
            silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
            tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
        }
    }
    ~EchoOff()
    {
        if (m_active) {
            tcsetattr(STDIN_FILENO, TCSAFLUSH, &m_before);
        }
    }
    Q_DISABLE_COPY_MOVE(EchoOff)

private:
    termios m_before{};
    bool m_active;
};

std::optional<std::string> readLine()
{
    std::string line;
    if (!std::getline(std::cin, line)) {
        return std::nullopt;
    }
    return line;
}

} // namespace

Console::Console()
    : m_colours(isatty(STDOUT_FILENO) == 1 && qEnvironmentVariableIsEmpty("NO_COLOR"))
    , m_interactive(isatty(STDIN_FILENO) == 1 && isatty(STDERR_FILENO) == 1)
{ }

void Console::out(const QString &line) const
{
    writeLine(stdout, line);
}

void Console::raw(const QByteArray &bytes) const
{
    std::fwrite(bytes.constData(), 1, static_cast<std::size_t>(bytes.size()), stdout);
    std::fflush(stdout);
}

void Console::note(const QString &line) const
{
    writeLine(stderr, line);
}

void Console::error(const QString &line) const
{
    writeLine(stderr, u"freerelay: %1"_s.arg(line));
}

void Console::error(const common::Error &failure) const
{
    error(failure.message);
    if (!failure.detail.isEmpty()) {
        note(failure.detail);
    }
}

QString Console::bold(const QString &text) const
{
    return m_colours ? u"\x1b[1m%1\x1b[0m"_s.arg(text) : text;
}

QString Console::dim(const QString &text) const
{
    return m_colours ? u"\x1b[2m%1\x1b[0m"_s.arg(text) : text;
}

void Console::table(const std::vector<QStringList> &rows) const
{
    QList<qsizetype> widths;
    for (const QStringList &row : rows) {
        widths.resize(std::max(widths.size(), row.size()));
        for (qsizetype i = 0; i < row.size(); ++i) {
            widths[i] = std::max(widths[i], row[i].size());
        }
    }
    for (const QStringList &row : rows) {
        QString line;
        for (qsizetype i = 0; i < row.size(); ++i) {
            const bool last = i + 1 == row.size();
            line += last ? row[i] : row[i].leftJustified(widths[i] + 2);
        }
        out(line);
    }
}

std::optional<QString> Console::ask(const QString &prompt) const
{
    const QByteArray bytes = prompt.toUtf8();
    std::fwrite(bytes.constData(), 1, static_cast<std::size_t>(bytes.size()), stderr);
    std::fflush(stderr);
    const auto line = readLine();
    return line ? std::optional(QString::fromStdString(*line).trimmed()) : std::nullopt;
}

std::optional<common::Secret> Console::askSecret(const QString &prompt) const
{
    const QByteArray bytes = prompt.toUtf8();
    std::fwrite(bytes.constData(), 1, static_cast<std::size_t>(bytes.size()), stderr);
    std::fflush(stderr);
    std::optional<std::string> line;
    {
        const EchoOff echoOff;
        line = readLine();
    }
    note({});
    if (!line) {
        return std::nullopt;
    }
    common::Secret secret(QByteArray::fromStdString(*line).trimmed());
    std::fill(line->begin(), line->end(), '\0');
    return secret;
}

bool Console::confirm(const QString &question) const
{
    const auto answer = ask(question + u" [y/N] "_s);
    return answer
        && (answer->compare("y"_L1, Qt::CaseInsensitive) == 0
            || answer->compare("yes"_L1, Qt::CaseInsensitive) == 0);
}

} // namespace freerelay::app
