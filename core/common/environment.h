#pragma once

#include <QByteArray>
#include <QHash>

#include <optional>

namespace freerelay::common {

/// Environment variables, passed in so that tests can name their own. Any thread, as long as
/// nobody changes the process environment meanwhile.
class Environment
{
public:
    /// Reads through to the process environment; keeps no copy of what may be secrets.
    [[nodiscard]] static Environment ofProcess();

    /// Exactly these variables, and no others.
    explicit Environment(QHash<QByteArray, QByteArray> variables);

    /// The value of `name`; nullopt when it is not set or empty (an empty variable counts as
    /// unset).
    [[nodiscard]] std::optional<QByteArray> value(const QByteArray &name) const;

private:
    QHash<QByteArray, QByteArray> m_variables;
    bool m_process = false;
};

} // namespace freerelay::common
