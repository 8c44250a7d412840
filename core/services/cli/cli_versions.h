#pragma once

#include "core/services/cli/child_process.h"

#include <QDeadlineTimer>
#include <QHash>
#include <QStringList>

#include <functional>
#include <map>
#include <memory>
#include <vector>

namespace freerelay::services {

/// Which versions of programs are installed, by what they answer to --version; each is asked at
/// most once a minute. Main thread; what still runs when it is destroyed is ended.
class CliVersions final
{
public:
    static constexpr std::chrono::minutes period{1};
    static constexpr std::chrono::seconds patience{10}; ///< with one that does not answer

    CliVersions() = default;
    ~CliVersions();
    Q_DISABLE_COPY_MOVE(CliVersions)

    /// "0.171.0", as the program said it last; "" = it has not been asked, or does not say.
    [[nodiscard]] QString of(const QString &program) const
    {
        return m_known.value(program).version;
    }

    /// @param programs  absolute paths
    /// @param done      called once they have answered; at once when none has to be asked
    void
    ask(const QStringList &programs,
        const QProcessEnvironment &environment,
        std::function<void()> done);

private:
    struct Known
    {
        QString version;
        QDeadlineTimer until;
    };

    void start(const QString &program, const QProcessEnvironment &environment);
    void hear(const QString &program, const QByteArray &line);
    void onEnded(const QString &program);

    QHash<QString, Known> m_known;
    std::map<QString, std::unique_ptr<ChildProcess>> m_asked; ///< those that have not answered
    std::vector<std::function<void()>> m_waiting;
};

} // namespace freerelay::services
