#pragma once

#include "core/common/error.h"
#include "core/common/secret.h"

#include <QString>
#include <QStringList>

#include <optional>
#include <vector>

namespace freerelay::app {

/// The terminal. Data goes to stdout, everything else to stderr; colours only when both are a
/// terminal that did not ask for none (NO_COLOR).
class Console
{
public:
    Console();

    void out(const QString &line) const;
    /// Without a line end, flushed: for streamed text.
    /// @return false when nobody reads it any more
    [[nodiscard]] bool raw(const QByteArray &bytes) const;
    void note(const QString &line) const;
    void error(const QString &line) const;
    /// The message, and the detail on a line of its own.
    void error(const common::Error &error) const;

    [[nodiscard]] QString bold(const QString &text) const;
    [[nodiscard]] QString dim(const QString &text) const;

    /// Prints columns padded to the widest cell.
    void table(const std::vector<QStringList> &rows) const;

    [[nodiscard]] bool isInteractive() const { return m_interactive; }
    /// A line from the terminal; nullopt at its end (Ctrl+D).
    [[nodiscard]] std::optional<QString> ask(const QString &prompt) const;
    /// Like ask(), typed characters are not shown. Ctrl+C counts as the end of the input: the
    /// terminal is never left silent.
    [[nodiscard]] std::optional<common::Secret> askSecret(const QString &prompt) const;
    /// A yes-or-no question; the end of input counts as no.
    [[nodiscard]] bool confirm(const QString &question) const;

private:
    bool m_colours = false;
    bool m_interactive = false;
};

} // namespace freerelay::app
