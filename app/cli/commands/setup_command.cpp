#include "setup_command.h"

#include "app/cli/commands/keys_commands.h"

#include <QJsonArray>

#include <algorithm>

using namespace Qt::Literals::StringLiterals;

namespace freerelay::app {

namespace {

bool isLocal(const QJsonObject &provider)
{
    return provider.value("tier"_L1).toString() == "local"_L1;
}

/// Free ones first; a tier that is not listed comes last.
qsizetype tierRank(const QJsonObject &provider)
{
    static const QStringList order{
        u"free"_s, u"unverified free"_s, u"trial"_s, u"subscription"_s, u"paid"_s, u"local"_s};
    const qsizetype rank = order.indexOf(provider.value("tier"_L1).toString());
    return rank < 0 ? order.size() : rank;
}

bool isQuit(const QString &answer)
{
    return answer.compare("q"_L1, Qt::CaseInsensitive) == 0;
}

enum class Answer { GoOn, Leave };

/// One run of the wizard.
class Setup
{
public:
    explicit Setup(CommandContext &context)
        : m_context(context)
        , m_console(context.console)
    { }

    int run()
    {
        int exitCode = exitOk;
        if (!load(exitCode)) {
            return exitCode;
        }
        m_console.note(m_console.bold(u"FreeRelay setup"_s));
        m_console.note(u"Leave at any question with q or Ctrl+D; run it again any time."_s);
        if (offerKeyless() == Answer::GoOn && offerLocal() == Answer::GoOn) {
            while (offerKeyed() == Answer::GoOn) { }
        }
        m_console.note(u"Done. Try it: freerelay ask \"Say hello\""_s);
        return exitOk;
    }

private:
    bool load(int &exitCode)
    {
        const auto reply = m_context.call(u"providers"_s, {}, exitCode);
        if (!reply) {
            return false;
        }
        m_providers = reply->value("rows"_L1).toArray();
        return true;
    }

    [[nodiscard]] std::vector<QJsonObject> withState(const QStringList &states) const
    {
        std::vector<QJsonObject> found;
        for (const QJsonValue &value : m_providers) {
            if (states.contains(value.toObject().value("state"_L1).toString())) {
                found.push_back(value.toObject());
            }
        }
        return found;
    }

    /// Providers that need no key, each with what a person must know before agreeing.
    Answer offerKeyless()
    {
        for (const QJsonObject &provider : withState({u"consent_needed"_s})) {
            if (isLocal(provider)) {
                continue;
            }
            const QString name = provider.value("name"_L1).toString();
            m_console.note({});
            m_console.note(
                u"%1 works without a key. Your prompts go to it."_s.arg(m_console.bold(name)));
            if (const QString terms = provider.value("terms"_L1).toString(); !terms.isEmpty()) {
                m_console.note(u"  Limits and terms: %1"_s.arg(terms));
            }
            const auto answer = m_console.ask(u"Use %1? [y/N/q] "_s.arg(name));
            if (!answer || isQuit(*answer)) {
                return Answer::Leave;
            }
            if (answer->startsWith(u'y', Qt::CaseInsensitive)) {
                agreeTo(provider.value("id"_L1).toString());
            }
        }
        return Answer::GoOn;
    }

    /// Servers of models on this computer: their ports are asked once the person agrees.
    Answer offerLocal()
    {
        std::vector<QJsonObject> servers = withState({u"consent_needed"_s});
        std::erase_if(servers, [](const QJsonObject &provider) { return !isLocal(provider); });
        if (servers.empty()) {
            return Answer::GoOn;
        }
        QStringList names;
        for (const QJsonObject &server : servers) {
            names << server.value("name"_L1).toString().remove(u" (local)"_s);
        }
        m_console.note({});
        m_console.note(
            u"Servers of models on this computer answer when free quotas end; prompts to them do not leave it."_s);
        const auto answer = m_console.ask(u"Look for %1? [y/N/q] "_s.arg(names.join(u", "_s)));
        if (!answer || isQuit(*answer)) {
            return Answer::Leave;
        }
        if (!answer->startsWith(u'y', Qt::CaseInsensitive)) {
            return Answer::GoOn;
        }
        for (const QJsonObject &server : servers) {
            if (offerServer(server) == Answer::Leave) {
                return Answer::Leave;
            }
        }
        return Answer::GoOn;
    }

    Answer offerServer(const QJsonObject &server)
    {
        const QString name = server.value("name"_L1).toString();
        const QString id = server.value("id"_L1).toString();
        if (!testKey(m_context, id, {})) {
            return Answer::GoOn;
        }
        const auto answer = m_console.ask(u"Use %1? [y/N/q] "_s.arg(name));
        if (!answer || isQuit(*answer)) {
            return Answer::Leave;
        }
        if (answer->startsWith(u'y', Qt::CaseInsensitive)) {
            agreeTo(id);
        }
        return Answer::GoOn;
    }

    void agreeTo(const QString &provider)
    {
        int exitCode = exitOk;
        if (m_context.call(
                u"consent"_s, {{u"provider"_s, provider}, {u"consent"_s, true}}, exitCode)) {
            m_console.note(u"Agreed. Withdraw it with “consent: false” in the settings."_s);
        }
    }

    Answer offerKeyed()
    {
        int exitCode = exitOk;
        if (!load(exitCode)) {
            return Answer::Leave;
        }
        std::vector<QJsonObject> choices = withState(
            {u"no_key"_s, u"rejected"_s, u"keychain_locked"_s});
        m_console.note({});
        if (choices.empty()) {
            m_console.note(u"Every provider that needs a key has one."_s);
            return Answer::Leave;
        }
        std::stable_sort(choices.begin(), choices.end(), [](const auto &a, const auto &b) {
            return tierRank(a) < tierRank(b);
        });
        m_console.note(u"Providers that need a key:"_s);
        std::vector<QStringList> rows;
        for (std::size_t i = 0; i < choices.size(); ++i) {
            rows.push_back(
                {u"%1."_s.arg(i + 1),
                 choices[i].value("id"_L1).toString(),
                 choices[i].value("tier"_L1).toString(),
                 choices[i].value("key_url"_L1).toString()});
        }
        m_console.table(rows);
        const auto answer = m_console.ask(u"Number or name (enter to end): "_s);
        if (!answer || answer->isEmpty() || isQuit(*answer)) {
            return Answer::Leave;
        }
        const auto chosen = std::find_if(
            rows.begin(), rows.end(), [&answer](const QStringList &row) {
                return row[0] == *answer + u'.' || row[1] == *answer;
            });
        if (chosen == rows.end()) {
            m_console.error(u"“%1” is not in the list."_s.arg(*answer));
            return Answer::GoOn;
        }
        return addKey(choices[static_cast<std::size_t>(chosen - rows.begin())]);
    }

    Answer addKey(const QJsonObject &provider)
    {
        const QString id = provider.value("id"_L1).toString();
        m_console.note({});
        m_console.note(m_console.bold(provider.value("name"_L1).toString()));
        m_console.note(u"  Page: %1"_s.arg(provider.value("key_url"_L1).toString()));
        int number = 0;
        const QJsonArray steps = provider.value("key_steps"_L1).toArray();
        for (const QJsonValue &step : steps) {
            m_console.note(u"  %1. %2"_s.arg(++number).arg(step.toString()));
        }
        const QString prefix = provider.value("key_prefix"_L1).toString();
        const QString hint = prefix.isEmpty() ? QString()
                                              : u", usually begins with %1"_s.arg(prefix);
        std::optional<common::Secret> key = offeredToken(provider);
        if (!key) {
            key = m_console.askSecret(u"Key (not shown%1; enter to skip): "_s.arg(hint));
        }
        if (!key || isQuit(QString::fromUtf8(key->reveal()))) {
            return Answer::Leave;
        }
        if (key->isEmpty()) {
            return Answer::GoOn;
        }
        if (testKey(m_context, id, *key) || m_console.confirm(u"Save it all the same?"_s)) {
            saveKey(m_context, id, *key);
        }
        return Answer::GoOn;
    }

    /// A token of the environment that was made for something else, if the person wants it used.
    [[nodiscard]] std::optional<common::Secret> offeredToken(const QJsonObject &provider) const
    {
        const QJsonArray entries = provider.value("offered_variables"_L1).toArray();
        for (const QJsonValue &entry : entries) {
            const QString variable = entry.toString();
            const QByteArray token = qgetenv(variable.toLatin1().constData());
            const QString question
                = u"%1 is set here. It was made for something else; use it for %2?"_s.arg(
                    variable, provider.value("name"_L1).toString());
            if (!token.isEmpty() && m_console.confirm(question)) {
                return common::Secret(token);
            }
        }
        return std::nullopt;
    }

    CommandContext &m_context;
    const Console &m_console;
    QJsonArray m_providers;
};

} // namespace

int setupCommand(CommandContext &context)
{
    return Setup(context).run();
}

} // namespace freerelay::app
