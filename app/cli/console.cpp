#include "console.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <iostream>
#include <string>
#include <termios.h>
#include <unistd.h>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::app {

namespace {

bool writeBytes(FILE *stream, const QByteArray &bytes)
{
    const auto size = static_cast<std::size_t>(bytes.size());
    return std::fwrite(bytes.constData(), 1, size, stream) == size && std::fflush(stream) == 0;
}

void writeText(FILE *stream, const QString &text)
{
    writeBytes(stream, text.toUtf8());
}

void writeLine(FILE *stream, const QString &line)
{
    writeBytes(stream, line.toUtf8() + '\n');
}

/// As long as it lives, the terminal shows nothing of what is typed and hands over each character
/// as it comes, Ctrl+C included.
class SilentTerminal
{
public:
    SilentTerminal()
        : m_active(tcgetattr(STDIN_FILENO, &m_before) == 0)
    {
        if (m_active) {
            termios silent = m_before;
            silent.c_lflag &= ~static_cast<tcflag_t>(ECHO | ICANON | ISIG);
            silent.c_cc[VMIN] = 1;
            silent.c_cc[VTIME] = 0;
            tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
        }
    }
    ~SilentTerminal()
    {
        if (m_active) {
            tcsetattr(STDIN_FILENO, TCSADRAIN, &m_before);
        }
    }
    Q_DISABLE_COPY_MOVE(SilentTerminal)

private:
    termios m_before{};
    bool m_active;
};

/// A line from a SilentTerminal. Without the kernel's line editing there is no limit of 4095 bytes
/// either, which some keys exceed.
std::optional<std::string> readTyped()
{
    constexpr char ctrlC = 0x03;
    constexpr char ctrlD = 0x04;
    constexpr char ctrlU = 0x15;
    constexpr char erase = 0x7f;
    std::string typed;
    char typedNow = 0;
    for (;;) {
        const ssize_t got = ::read(STDIN_FILENO, &typedNow, 1);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0 || typedNow == ctrlC || (typedNow == ctrlD && typed.empty())) {
            return std::nullopt;
        }
        if (typedNow == '\n' || typedNow == '\r') {
            return typed;
        }
        if (typedNow == ctrlU) {
            typed.clear();
        } else if ((typedNow == erase || typedNow == '\b') && !typed.empty()) {
            typed.pop_back();
        } else if (typedNow != ctrlD && typedNow != erase && typedNow != '\b') {
            typed += typedNow;
        }
    }
}

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
    : m_colours(
        isatty(STDOUT_FILENO) == 1 && isatty(STDERR_FILENO) == 1
        && qEnvironmentVariableIsEmpty("NO_COLOR"))
    , m_interactive(isatty(STDIN_FILENO) == 1 && isatty(STDERR_FILENO) == 1)
{ }

void Console::out(const QString &line) const
{
    writeLine(stdout, line);
}

bool Console::raw(const QByteArray &bytes) const
{
    return writeBytes(stdout, bytes);
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
        while (line.endsWith(u' ')) {
            line.chop(1);
        }
        out(line);
    }
}

std::optional<QString> Console::ask(const QString &prompt) const
{
    writeText(stderr, prompt);
    const auto line = readLine();
    return line ? std::optional(QString::fromStdString(*line).trimmed()) : std::nullopt;
}

std::optional<common::Secret> Console::askSecret(const QString &prompt) const
{
    std::optional<std::string> line;
    {
        // Silent before the prompt: what is typed as soon as it shows must not be seen either.
        const SilentTerminal silent;
        writeText(stderr, prompt);
        line = isatty(STDIN_FILENO) == 1 ? readTyped() : readLine();
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
