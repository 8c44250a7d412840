#include "environment.h"

namespace freerelay::common {

Environment Environment::ofProcess()
{
    Environment environment({});
    environment.m_process = true;
    return environment;
}

Environment::Environment(QHash<QByteArray, QByteArray> variables)
    : m_variables(std::move(variables))
{ }

std::optional<QByteArray> Environment::value(const QByteArray &name) const
{
    const QByteArray found = m_process ? qgetenv(name.constData()) : m_variables.value(name);
    if (found.isEmpty()) {
        return std::nullopt;
    }
    return found;
}

} // namespace freerelay::common
